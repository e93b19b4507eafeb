import {
  dataDir,
  lastSession,
  listSessions,
  openStore,
  sessionPath,
  type JournalStore,
  type SessionSummary,
} from '@cairn/journal'
import { existsSync } from 'node:fs'
import { DriveError } from './errors.ts'
import { hasWorktrees } from './session-place.ts'

/** The sessions of this machine's user. */
export interface Sessions {
  readonly dataDir: string
  /** Newest first; of one folder, or of all. */
  list(cwd: string | null): SessionSummary[]
  /** As `list`, with those that work in worktrees of the same folder. */
  around(cwd: string): SessionSummary[]
  /** The newest of them. */
  last(cwd: string): SessionSummary | null
  /** By id, by its beginning where that is unique, or by the name that a person gave it. */
  find(id: string): SessionSummary | null
  /** The named session, or the newest of the folder. Throws `DriveError` `no-session` where there is none. */
  need(id: string | null, cwd: string): SessionSummary
  path(id: string): string
  /** For reading. */
  open(id: string): JournalStore
}

/** `env`: where CAIRN_DATA_DIR and the folders of the platform are looked up. */
export function openSessions(env: NodeJS.ProcessEnv): Sessions {
  const dir = dataDir(env, process.platform)
  const list: Sessions['list'] = (cwd) =>
    existsSync(dir) ? listSessions(dir, cwd === null ? {} : { cwd }) : []
  const around: Sessions['around'] = (cwd) => {
    const inWorktree = hasWorktrees(dir, cwd)
    const own = list(cwd)
    if (inWorktree === null) return own
    return [...own, ...list(null).filter(inWorktree)].sort((a, b) => b.updatedAt - a.updatedAt)
  }
  const last: Sessions['last'] = (cwd) => {
    if (!existsSync(dir)) return null
    return hasWorktrees(dir, cwd) === null ? lastSession(dir, cwd) : (around(cwd)[0] ?? null)
  }
  const find: Sessions['find'] = (id) => {
    const all = list(null)
    const found = all.filter((session) => session.id.startsWith(id))
    const named = all.filter((session) => session.name === id)
    const one = (sessions: SessionSummary[]) => (sessions.length === 1 ? (sessions[0] ?? null) : null)
    return found.find((session) => session.id === id) ?? one(found) ?? one(named)
  }
  const path = (id: string) => sessionPath(dir, id)
  return {
    dataDir: dir,
    list,
    around,
    last,
    find,
    need(id, cwd) {
      const session = id === null ? last(cwd) : find(id)
      if (session !== null) return session
      const what =
        id === null
          ? `there is no session of ${cwd}`
          : `there is no session ${id}, or more than one begins like that or has that name`
      throw new DriveError('no-session', what, 'See `cairn sessions --all`.')
    },
    path,
    open: (id) => openStore(path(id), { sessionId: id, mode: 'reader', now: Date.now }),
  }
}
