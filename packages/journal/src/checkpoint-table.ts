import type { DatabaseSync } from 'node:sqlite'
import { originOf, signCheckpoint } from './checkpoint.ts'
import { frontierRoot } from './merkle.ts'
import type { Frontier } from './merkle.ts'
import { integer, text } from './row.ts'
import type { SigningKey } from './signed-note.ts'
import type { StoredCheckpoint } from './store.ts'

/** Events after which a writer signs by itself: a crash leaves no more than these unsigned. */
const signEvery = 256

/** The checkpoints of one journal. Signing writes, so it has to happen in a transaction of the caller. */
export interface Checkpoints {
  sign(frontier: Frontier): string | null
  signIfDue(frontier: Frontier): void
  list(): StoredCheckpoint[]
}

/** Prepares the statements; without a key nothing is signed. */
export function openCheckpoints(
  db: DatabaseSync,
  sessionId: string,
  key: SigningKey | null,
  now: () => number,
): Checkpoints {
  const insert = db.prepare('INSERT INTO checkpoints(size, time, note) VALUES(?, ?, ?)')
  const find = db.prepare('SELECT note FROM checkpoints WHERE size = ?')
  const all = db.prepare('SELECT size, time, note FROM checkpoints ORDER BY size')
  const last = db.prepare('SELECT coalesce(max(size), 0) AS size FROM checkpoints')
  let signedSize = integer(last.get() ?? {}, 'size')

  function sign(frontier: Frontier): string | null {
    if (key === null || frontier.size === 0) return null
    const known = find.get(frontier.size)
    if (known !== undefined) return text(known, 'note')
    const root = Buffer.from(frontierRoot(frontier)).toString('hex')
    const note = signCheckpoint({ origin: originOf(sessionId), size: frontier.size, root }, key)
    insert.run(frontier.size, Math.floor(now()), note)
    signedSize = frontier.size
    return note
  }

  return {
    sign,
    signIfDue(frontier) {
      if (frontier.size - signedSize >= signEvery) sign(frontier)
    },
    list: () =>
      all
        .all()
        .map((row) => ({ size: integer(row, 'size'), time: integer(row, 'time'), note: text(row, 'note') })),
  }
}
