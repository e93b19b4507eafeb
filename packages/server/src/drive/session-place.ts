import type { SessionWorktree } from '@cairn/agent/worktree'
import { createHash } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { DriveError } from './errors.ts'

/** Where a session works. */
export interface SessionPlace {
  cwd: string
  /** Null where it works in the person's checkout. */
  worktree: SessionWorktree | null
  /** Folders outside of it that commands may read. */
  readable: readonly string[]
  /** What a person should know. */
  notes: readonly string[]
}

/** Folder of the worktrees of a checkout: beside the data folder, which commands in them must not see. */
function poolOf(dataDir: string, home: string): string {
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16)
  return join(worktreesOf(dataDir), `of-${name}`)
}

const worktreesOf = (dataDir: string): string =>
  `${existsSync(dataDir) ? realpathSync(dataDir) : dataDir}-worktrees`

/** Whether a folder lies in a worktree that was made for a session. */
export const isInWorktree = (dataDir: string, folder: string): boolean =>
  folder.startsWith(`${worktreesOf(dataDir)}/of-`)

function checkoutOf(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return null
  }
}

/**
 * For a folder of a checkout: tells whether a session works in the same folder of one of its worktrees. Null where the
 * checkout has none.
 */
export function hasWorktrees(
  dataDir: string,
  folder: string,
): ((session: { id: string; cwd: string }) => boolean) | null {
  const home = checkoutOf(folder)
  if (home === null) return null
  const pool = poolOf(dataDir, home)
  const inside = relative(home, folder)
  if (!existsSync(pool)) return null
  return ({ cwd }) =>
    cwd.startsWith(`${pool}/`) &&
    cwd
      .slice(pool.length + 1)
      .split('/')
      .slice(1)
      .join('/') === inside
}

/** Where a new session works: in `cwd`, or with `worktree` in the same folder of a new worktree. */
export async function newPlace(where: {
  /** Real path. */
  cwd: string
  dataDir: string
  sessionId: string
  env: NodeJS.ProcessEnv
  worktree: boolean
  /** Take along what is not committed. */
  carry: boolean
}): Promise<SessionPlace> {
  const { cwd, dataDir, sessionId, env, worktree, carry } = where
  if (!worktree) return { cwd, worktree: null, readable: [], notes: [] }
  const home = checkoutOf(cwd)
  if (home === null)
    throw new DriveError(
      'bad-folder',
      `${cwd} is in no git repository, so it has no worktrees`,
      'Work without --worktree.',
    )
  const { createWorktree } = await import('@cairn/agent/worktree')
  const root = join(poolOf(dataDir, home), sessionId)
  const opened = await createWorktree({ home, root, branch: `cairn/${sessionId}`, carry, env })
  return { ...opened, cwd: join(root, relative(home, cwd)) }
}

/** Where a session worked before; its worktree is made anew where it is gone. */
export async function oldPlace(where: {
  cwd: string
  dataDir: string
  journal: string
  sessionId: string
  env: NodeJS.ProcessEnv
}): Promise<SessionPlace> {
  const { cwd, dataDir, journal, sessionId, env } = where
  const worktree = isInWorktree(dataDir, cwd) ? await begunIn(journal, sessionId) : null
  if (worktree === null) return { cwd, worktree, readable: [], notes: [] }
  const { reopenWorktree } = await import('@cairn/agent/worktree')
  return { ...(await reopenWorktree(worktree, env)), cwd }
}

async function begunIn(journal: string, sessionId: string): Promise<SessionWorktree | null> {
  const { openStore } = await import('@cairn/journal')
  const store = openStore(journal, { sessionId, mode: 'reader', now: Date.now })
  try {
    const [first] = store.read({ kinds: ['session.started'] })
    return first?.kind === 'session.started' ? (first.body.worktree ?? null) : null
  } finally {
    store.close()
  }
}

/** Ends the stay in a worktree: one in which nothing was made goes. Says where the work is, a line each. */
export async function leavePlace(
  { worktree }: SessionPlace,
  sessionId: string,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  if (worktree === null) return []
  const { closeWorktree } = await import('@cairn/agent/worktree')
  const closed = await closeWorktree(worktree, env)
  if (closed.kind === 'removed') return ['nothing was made in the worktree: it was removed']
  const { root, branch } = worktree
  return [
    `the work is in ${root}, on the branch ${branch}`,
    ...(closed.changed === 0 ? [] : [`  to commit it:  cairn commit ${sessionId}`]),
    `  to take it over:  git merge ${branch}`,
    `  to be rid of it:  git worktree remove --force ${root} && git branch -D ${branch}`,
  ]
}
