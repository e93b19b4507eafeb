import { copyJournal, loadOrCreateKey, newSessionId, openStore, recordSession } from '@cairn/journal'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { DriveError } from './errors.ts'
import type { Sessions } from './sessions.ts'

/**
 * Copies a session up to the end of one of its turns, or with null all of it, into a new one; the files stay as they
 * are. Gives the id of the copy. Throws `DriveError` `no-session`, `no-turn`.
 */
export function forkSession(sessions: Sessions, id: string, turn: number | null): string {
  const session = sessions.need(id, '')
  const from = sessions.open(session.id)
  const copy = newSessionId(Date.now(), randomBytes)
  const path = sessions.path(copy)
  try {
    let seq = from.head().size
    if (turn !== null) {
      seq = [...from.read({ kinds: ['session.finished'] })].find((event) => event.turn === turn)?.seq ?? 0
      if (seq === 0)
        throw new DriveError(
          'no-turn',
          `turn ${turn} is not in ${session.id}, or did not end`,
          'See `cairn show`.',
        )
    }
    const to = openStore(path, {
      sessionId: copy,
      mode: 'writer',
      now: Date.now,
      key: loadOrCreateKey(sessions.dataDir),
    })
    try {
      copyJournal(from, to, seq, Date.now())
    } catch (error) {
      to.close()
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
      throw error
    }
    to.close()
  } finally {
    from.close()
  }
  const now = Date.now()
  recordSession(sessions.dataDir, { ...session, id: copy, name: null, startedAt: now, updatedAt: now })
  return copy
}
