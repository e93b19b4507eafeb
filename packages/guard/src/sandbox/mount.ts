/** One change to a read-only view of the host's files; later ones cover earlier ones. Paths are absolute and real. */
export type Mount =
  /** A private, empty, writable folder in memory. */
  | { kind: 'private'; path: string; bytes: number }
  /** An empty read-only folder. */
  | { kind: 'blank'; path: string }
  /** An unreadable file. */
  | { kind: 'void'; path: string }
  /** `create`: a folder whose mount point may be missing, because it lies in a private folder. */
  | { kind: 'bind'; from: string; to: string; write: boolean; create?: true }

export interface FileView {
  mounts: Mount[]
  /** Folders (with `/` at the end) and files to create on the host first, as mount points. */
  stubs: string[]
  /** Protected names that are symbolic links: a link cannot be pinned, only what it leads to. */
  unpinned: string[]
  /** Changes whenever the same mounts would show something else: identity of every file that is mounted by itself. */
  identity: string
}
