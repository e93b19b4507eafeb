import { dirname, join } from 'node:path'
import { isInside } from './is-inside.ts'
import type { LookUp } from './look-up.ts'
import type { FileView, Mount } from './mount.ts'
import { protections } from './protections.ts'
import { readableTools } from './readable-tools.ts'

export interface ViewInput {
  workspace: string
  home: string
  /** Hidden from commands: journals, keys. */
  dataDir: string
  /** PATH, split. */
  path: readonly string[]
  /** The Node executable. */
  node: string
  extraReadable: readonly string[]
  /** A host folder to show as `~/.config/git`. */
  gitFolder: string | null
  /** A host folder to show as `.git` of a workspace without a repository. */
  pendingGit: string | null
  overlay?: string
  /** Whether commands run as the host's root, who owns files that nobody else can read. */
  root: boolean
  tmpBytes: number
}

const rootSecrets = [
  '/etc/shadow',
  '/etc/shadow-',
  '/etc/gshadow',
  '/etc/gshadow-',
  '/etc/ssh',
  '/etc/ssl/private',
]
const homeSecrets = [
  '.ssh',
  '.aws',
  '.azure',
  '.gnupg',
  '.kube',
  '.docker',
  '.netrc',
  '.config',
  '.git-credentials',
]

/** Folders that commands must be able to write to. */
const writable = new Set(['/tmp', '/var/tmp', '/run'])

/** What programs of the user act upon without being asked, where the workspace is the home folder. */
const homeStarters = [
  '.ssh',
  '.config',
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.profile',
  '.zshenv',
  '.zshrc',
  '.zprofile',
]

const hide = (path: string, look: LookUp): Mount[] => {
  const real = look.real(path)
  if (real === null) return []
  return [
    look.stat(real)?.isDirectory() === true ? { kind: 'blank', path: real } : { kind: 'void', path: real },
  ]
}

/** What a sandboxed command sees, as a list of mounts that both Linux backends carry out in the same order. */
export const fileView = (input: ViewInput, look: LookUp): FileView => {
  const { workspace, home, dataDir } = input
  const source = input.overlay ?? workspace
  const masked = [
    ...new Set(['/tmp', '/var/tmp', '/run', '/root', '/home', home].map((path) => look.real(path))),
  ].filter(
    (path): path is string =>
      path !== null &&
      path !== '/' &&
      path !== '/usr' &&
      (writable.has(path) || path === home || !look.isEmpty(path)),
  )
  const visible = masked.filter((path) => !isInside(workspace, path))
  const mounts: Mount[] = visible.map((path) => ({ kind: 'private', path, bytes: input.tmpBytes }))
  if (input.root) mounts.push(...rootSecrets.flatMap((path) => hide(path, look)))

  const readable = readableTools({ path: input.path, home, node: input.node, masked: visible, look })
  for (const path of [...readable, ...input.extraReadable])
    mounts.push({ kind: 'bind', from: path, to: path, write: false, create: true })

  if (input.gitFolder !== null && visible.includes(home)) {
    mounts.push({
      kind: 'bind',
      from: input.gitFolder,
      to: join(home, '.config/git'),
      write: false,
      create: true,
    })
  }

  // The data folder is hidden before the workspace appears where the workspace lies in it, else after.
  const data = look.real(dataDir)
  if (data !== null && isInside(data, workspace)) mounts.push({ kind: 'private', path: data, bytes: 1 << 20 })
  mounts.push({ kind: 'bind', from: source, to: workspace, write: true, create: true })

  const { pendingGit } = input
  const pinned = protections({ source, workspace, isCopy: input.overlay !== undefined, pendingGit, look })
  mounts.push(...pinned.mounts)
  // After what is pinned: a folder that is pinned because something in it is protected must not show the rest of it.
  if (isInside(workspace, home)) mounts.push(...homeSecrets.flatMap((name) => hide(join(home, name), look)))
  const stubs = [...pinned.stubs]
  if (input.overlay === undefined && isInside(workspace, home)) {
    for (const path of homeStarters.map((name) => join(home, name))) {
      if (look.stat(path) !== null) continue
      stubs.push(`${path}/`)
      mounts.push({ kind: 'blank', path })
    }
  }
  if (data !== null && !isInside(data, workspace) && isShown(data, visible, mounts))
    mounts.push({ kind: 'blank', path: data })
  return { mounts, stubs, unpinned: pinned.unpinned, identity: pinned.identity }
}

/** Whether a host folder can be seen at all, so that hiding it needs (and finds) a mount point. */
const isShown = (path: string, masked: readonly string[], mounts: readonly Mount[]): boolean =>
  !masked.some((mask) => isInside(mask, path)) ||
  mounts.some(
    (mount) => mount.kind === 'bind' && isInside(mount.to, dirname(path)) && mount.from === mount.to,
  )
