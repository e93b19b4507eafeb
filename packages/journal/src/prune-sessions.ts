import { appendFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from './open-store.ts'
import { JournalError } from './journal-error.ts'
import { rebuildIndex, sessionPath } from './session-index.ts'
import type { SessionSummary } from './session-summary.ts'
import type { SigningKey } from './signed-note.ts'

/** What is kept of a session that was deleted, in `pruned.jsonl` of the data folder. */
export interface PrunedSession {
  id: string
  size: number
  root: string
  /** The last signed checkpoint; null where there was none. */
  checkpoint: string | null
  startedAt: number
  prunedAt: number
}

export interface PruneRule {
  /** Sessions that were last used before this time, in milliseconds since the epoch. */
  before: number
  /** The newest so many stay, however old they are. */
  keep: number
}

/** The sessions that a rule deletes; `sessions` are the newest first. */
export const sessionsToPrune = (
  sessions: readonly SessionSummary[],
  { before, keep }: PruneRule,
): SessionSummary[] => sessions.slice(keep).filter(({ updatedAt }) => updatedAt < before)

/**
 * Deletes the journals of sessions and keeps their size, root and last checkpoint. Gives what was deleted; those that another
 * process is writing stay, and are named in `busy`.
 */
export function pruneSessions(
  dir: string,
  sessions: readonly SessionSummary[],
  options: { key: SigningKey; now: () => number },
): { pruned: PrunedSession[]; busy: string[] } {
  const pruned: PrunedSession[] = []
  const busy: string[] = []
  for (const { id, startedAt } of sessions) {
    const path = sessionPath(dir, id)
    if (!existsSync(path)) continue
    try {
      // As a writer: nobody else may be writing, and what was never signed is signed now.
      const store = openStore(path, { sessionId: id, mode: 'writer', now: options.now, key: options.key })
      const checkpoint = store.sign()
      const { size, root } = store.head()
      store.close()
      const kept = { id, size, root, checkpoint, startedAt, prunedAt: options.now() }
      appendFileSync(join(dir, 'pruned.jsonl'), `${JSON.stringify(kept)}\n`, { mode: 0o600 })
      for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(path + ending, { force: true })
      pruned.push(kept)
    } catch (error) {
      if (!JournalError.isInstance(error) || (error.code !== 'locked' && error.code !== 'busy')) throw error
      busy.push(id)
    }
  }
  if (pruned.length > 0) rebuildIndex(dir)
  return { pruned, busy }
}
