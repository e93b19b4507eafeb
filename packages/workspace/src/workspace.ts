import type { FileEffect } from '@cairn/journal'

/** Expected failures are values: the model reads `message` and acts on it. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; code: WorkspaceFault; message: string }

export type WorkspaceFault =
  | 'outside'
  | 'protected'
  | 'not-found'
  | 'is-directory'
  | 'binary'
  | 'too-large'
  | 'exists'
  | 'mismatch'
  | 'ambiguous'
  | 'bad-patch'
  | 'bad-pattern'
  | 'changed'
  | 'io'
  | 'checkpoint'
  | 'constraint'

export interface ReadResult {
  path: string
  /** Lines `first`..`last` (1-based, inclusive) without numbers, as in the file. */
  text: string
  first: number
  last: number
  totalLines: number
  bytes: number
  sha256: string
}

export interface BytesResult {
  path: string
  bytes: Buffer
  sha256: string
}

/** The port: the files of one workspace. Paths are relative to `root`, or absolute inside it. */
export interface Workspace {
  readonly root: string
  read(path: string, range?: { first?: number; last?: number }): Outcome<ReadResult>
  /** A whole file of at most `most` bytes, text or not. */
  readBytes(path: string, most: number): Outcome<BytesResult>
  /** V4A patch: the whole patch is verified against the files before any of them is written. */
  applyPatch(patch: string): Outcome<{ files: FileEffect[]; summary: string }>
  /** Replaces one exact occurrence (all of them with `all`). Creates the file where `oldText` is empty and it is absent. */
  edit(
    path: string,
    oldText: string,
    newText: string,
    options?: { all?: boolean },
  ): Outcome<{ files: FileEffect[]; summary: string }>
  search(query: SearchQuery): Promise<Outcome<SearchResult>>
  list(
    path: string,
    options?: { depth?: number; limit?: number; glob?: string },
  ): Promise<Outcome<ListResult>>
  /** Hash of all files that belong to the work: tracked or not ignored. Stable across machines, fast by stat cache. */
  treeHash(): Promise<string>
  /** Whether there is anything at this path of the workspace. */
  exists(path: string): boolean
  /** sha256 of a file as it is on disk, null where it is absent; cached by stat. */
  fileHash(path: string): string | null
}

export interface SearchQuery {
  pattern: string
  /** Default: a regular expression of ripgrep. */
  literal?: boolean
  path?: string
  glob?: string
  ignoreCase?: boolean
  /** Lines of context around a match. */
  context?: number
  /** Default 100 matches. */
  limit?: number
}

export interface SearchResult {
  /** `path:line: text`, grouped by file, long lines cut with a mark. */
  text: string
  matches: number
  files: number
  truncated: boolean
}

export interface ListResult {
  text: string
  entries: number
  truncated: boolean
}
