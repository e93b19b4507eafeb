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
import { UsageError } from './usage-error.ts'

/** The sessions of this machine's user. */
export interface Sessions {
  readonly dataDir: string
  /** Newest first; of one folder, or of all. */
  list(cwd: string | null): SessionSummary[]
  last(cwd: string): SessionSummary | null
  /** By id, or by its beginning where that is unique. */
  find(id: string): SessionSummary | null
  /** The named session, or the newest of the folder. Throws `UsageError` where there is none. */
  need(id: string | null, cwd: string): SessionSummary
  path(id: string): string
  /** For reading. */
  open(id: string): JournalStore
}

export function openSessions(env: NodeJS.ProcessEnv): Sessions {
  const dir = dataDir(env, process.platform)
  const list: Sessions['list'] = (cwd) =>
    existsSync(dir) ? listSessions(dir, cwd === null ? {} : { cwd }) : []
  const last: Sessions['last'] = (cwd) => (existsSync(dir) ? lastSession(dir, cwd) : null)
  const find: Sessions['find'] = (id) => {
    const found = list(null).filter((session) => session.id.startsWith(id))
    return found.find((session) => session.id === id) ?? (found.length === 1 ? (found[0] ?? null) : null)
  }
  const path = (id: string) => sessionPath(dir, id)
  return {
    dataDir: dir,
    list,
    last,
    find,
    need(id, cwd) {
      const session = id === null ? last(cwd) : find(id)
      if (session !== null) return session
      if (id === null) throw new UsageError(`there is no session of ${cwd}`, 'See `cairn sessions --all`.')
      throw new UsageError(
        `there is no session ${id}, or more than one begins like that`,
        'See `cairn sessions --all`.',
      )
    },
    path,
    open: (id) => openStore(path(id), { sessionId: id, mode: 'reader', now: Date.now }),
  }
}
