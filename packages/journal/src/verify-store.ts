import type { DatabaseSync } from 'node:sqlite'
import { openBlobs } from './blobs.ts'
import { originOf } from './checkpoint.ts'
import { createRefCollector } from './ref-collector.ts'
import { readHead } from './head.ts'
import type { Head } from './head.ts'
import { JournalError } from './journal-error.ts'
import { createLogVerifier } from './log-verifier.ts'
import type { LogVerifier } from './log-verifier.ts'
import { frontierRoot } from './merkle.ts'
import { openForReading } from './open-database.ts'
import { scanEvents } from './raw-events.ts'
import { schemaDifferences } from './verify-schema.ts'
import type { VerifyOptions, VerifyResult } from './verify-result.ts'

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Verifies the file of a store, whatever happened to it; a writer may be at work meanwhile. */
export function verifyStore(path: string, { vkey, anchors = [], blobs = true }: VerifyOptions): VerifyResult {
  let db: DatabaseSync
  try {
    db = openForReading(path)
  } catch (error) {
    const result = createLogVerifier({ origin: null, notes: anchors, vkey, expected: null })
    const foreign = JournalError.isInstance(error) && error.code !== 'corrupt' && error.code !== 'io'
    result.report(null, foreign ? 'not-a-journal' : 'unreadable', why(error))
    return result.finish()
  }
  try {
    // One snapshot: what a writer adds meanwhile is not half seen.
    attempt(() => db.exec('BEGIN'))
    return verifyOpened(db, path, vkey, anchors, blobs)
  } finally {
    db.close()
  }
}

function verifyOpened(
  db: DatabaseSync,
  path: string,
  vkey: string | null,
  anchors: readonly string[],
  withBlobs: boolean,
): VerifyResult {
  const head = attempt(() => readHead(db, path))
  const notes = attempt(() => readNotes(db))
  const origin = 'value' in head ? originOf(head.value.session) : null
  const signed = 'value' in notes ? notes.value : []
  const expected = 'value' in head ? head.value.frontier.size : null
  const verifier = createLogVerifier({ origin, notes: [...signed, ...anchors], vkey, expected })
  const changed = attempt(() => schemaDifferences(db))
  const differences = 'value' in changed ? changed.value : [`everything (${changed.error})`]
  if (differences.length > 0) {
    verifier.report(null, 'bad-schema', `Not as cairn made it: ${differences.join(', ')}.`)
  }
  if ('error' in head)
    verifier.report(null, 'bad-head', `The head of the journal cannot be read: ${head.error}`)
  if ('error' in notes)
    verifier.report(null, 'bad-checkpoint', `The checkpoints cannot be read: ${notes.error}`)

  const refs = createRefCollector()
  for (const scanned of scanEvents(db, expected ?? lastSeq(db))) {
    if ('damage' in scanned) verifier.damage(scanned.damage)
    else if (verifier.event(scanned.event)) refs.collect(scanned.event)
  }
  if (withBlobs) {
    const found = attempt(() => refs.check(openBlobs(db).list(), verifier.report))
    if ('error' in found) verifier.report(null, 'blob-altered', `The blobs cannot be read: ${found.error}`)
  }
  return finish(verifier, 'value' in head ? head.value : null)
}

function finish(verifier: LogVerifier, head: Head | null): VerifyResult {
  const result = verifier.finish()
  if (head === null || result.root === null) return result
  const root = Buffer.from(frontierRoot(head.frontier)).toString('hex')
  // A log that is shorter than its head was reported as truncated already.
  if (result.size < head.frontier.size || (result.size === head.frontier.size && result.root === root))
    return result
  const altered = result.problems.some((problem) => problem.code === 'altered')
  if (altered && result.size === head.frontier.size) return result
  const message = `The head says ${head.frontier.size} events with root ${root}; the events themselves give ${result.size} with root ${result.root}.`
  return { ...result, ok: false, problems: [...result.problems, { seq: null, code: 'bad-head', message }] }
}

function readNotes(db: DatabaseSync): string[] {
  return db
    .prepare('SELECT note FROM checkpoints ORDER BY size')
    .all()
    .map((row) => (typeof row['note'] === 'string' ? row['note'] : ''))
}

function lastSeq(db: DatabaseSync): number {
  const found = attempt(() => db.prepare('SELECT max(seq) AS last FROM events').get()?.['last'])
  return 'value' in found && typeof found.value === 'number' ? found.value : 0
}

function attempt<T>(work: () => T): { value: T } | { error: string } {
  try {
    return { value: work() }
  } catch (error) {
    return { error: why(error) }
  }
}
