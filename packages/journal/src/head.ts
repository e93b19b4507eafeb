import type { DatabaseSync } from 'node:sqlite'
import { JournalError } from './journal-error.ts'
import { emptyFrontier, unpackFrontier } from './merkle.ts'
import type { Frontier } from './merkle.ts'
import { bytes, integer, text } from './row.ts'

/** What the row of `journal` says: whose it is, and the tree so far. */
export interface Head {
  session: string
  frontier: Frontier
}

/** Reads the head in O(log n). Throws `JournalError` `corrupt` where it contradicts itself. */
export function readHead(db: DatabaseSync, path: string): Head {
  const row = db.prepare('SELECT session, size, frontier FROM journal WHERE id = 1').get() ?? {}
  const size = integer(row, 'size')
  const frontier = size === 0 ? emptyFrontier : unpackFrontier(size, bytes(row, 'frontier'))
  if (frontier === null) throw damagedHead(path, `its tree is not one of ${size} events`)
  return { session: text(row, 'session'), frontier }
}

/** Refuses to write behind events that are not what the head says, because that would hide the damage. */
export function checkLastEvent(db: DatabaseSync, frontier: Frontier, path: string): void {
  const last = integer(db.prepare('SELECT coalesce(max(seq), 0) AS last FROM events').get() ?? {}, 'last')
  if (last !== frontier.size)
    throw damagedHead(path, `it says ${frontier.size} events, and the last one is ${last}`)
}

function damagedHead(path: string, why: string): JournalError {
  return new JournalError(
    'corrupt',
    `The head of the journal ${path} is damaged: ${why}.`,
    'Nothing was changed. Keep a copy, verify the log, and read the session as a reader.',
    { path },
  )
}

/** Refuses a file that is the journal of another session. */
export function checkSession(db: DatabaseSync, path: string, sessionId: string): void {
  const found = text(db.prepare('SELECT session FROM journal WHERE id = 1').get() ?? {}, 'session')
  if (found === sessionId) return
  throw new JournalError(
    'wrong-session',
    `${path} is the journal of session ${found}, not of ${sessionId}.`,
    'Open it with its own session id, or check the path.',
    { path, found, expected: sessionId },
  )
}
