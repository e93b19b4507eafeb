import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  blobLine,
  checkpointLine,
  headerLine,
  JournalError,
  openStore,
  restoreExport,
  sessionPath,
  verifyLog,
  type Event,
  type JournalStore,
  type SigningKey,
} from '@cairn/journal'
import type { SavedSession } from '../fleet/segment.ts'

export interface RestorePlace {
  dataDir: string
  key: SigningKey
  now: () => number
  /** Where its files are from now on. */
  cwd: string
  /** Of the claim that takes over: no two have the same. */
  fence: number
  /** Asked when all is ready: whether the session is still this worker's to take. */
  isHeld: () => Promise<boolean>
}

export type Restored = { ok: true; notes: Event[]; elapsedMs: number } | { ok: false; reason: string }

/** Bytes of a blob on one line, as the exporter cuts them. */
const CHUNK_BYTES = 256 * 1024
/** What stands beside a journal and is made from it. */
const BESIDE = ['-wal', '-shm', '.context', '.recall', '.recall-wal', '.recall-shm']

function removeJournal(path: string): void {
  for (const ending of ['', ...BESIDE]) rmSync(`${path}${ending}`, { force: true })
}

function writeExport(path: string, saved: SavedSession): void {
  const file = openSync(path, 'w', 0o600)
  const line = (text: string) => void writeSync(file, `${text}\n`)
  try {
    line(headerLine({ session: saved.session, events: saved.last, blobs: true }))
    for (const events of saved.events) writeSync(file, events)
    for (const { sha256, bytes } of saved.blobs)
      for (let index = 0; index === 0 || index * CHUNK_BYTES < bytes.length; index++) {
        const data = bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)
        line(blobLine({ sha256, bytes: bytes.length, index, data }))
      }
    line(checkpointLine(saved.signer.note))
  } finally {
    closeSync(file)
  }
}

/**
 * Makes the journal of a session that a worker elsewhere has begun: verified against its root and its signer's key, written event
 * by event, and told where it goes on. A journal of that id on this machine, of a worker that was lost here, gives way to it.
 */
export async function restoreSession(saved: SavedSession, place: RestorePlace): Promise<Restored> {
  const { dataDir, key, now, fence } = place
  const { session } = saved
  const path = sessionPath(dataDir, session)
  const draft = `${path}.taken-${fence}`
  const lines = `${draft}.jsonl`
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    writeExport(lines, saved)
    const verified = await verifyLog(lines, { vkey: saved.signer.vkey })
    const [problem] = verified.problems
    if (!verified.ok || verified.root !== saved.root)
      return { ok: false, reason: `its journal is damaged: ${problem?.message ?? 'its root does not fit'}` }
    removeJournal(draft)
    const store = openStore(draft, { sessionId: session, mode: 'writer', now, key })
    let restored: Restored
    try {
      await restoreExport(lines, store, saved.root)
      restored = takeUp(store, saved, place)
    } finally {
      store.close()
    }
    if (!(await place.isHeld())) return { ok: false, reason: 'another worker has it by now' }
    // Whoever is paused and still has the old file open writes into one that has no name any more.
    removeJournal(path)
    renameSync(draft, path)
    return restored
  } catch (error) {
    if (!JournalError.isInstance(error)) throw error
    return { ok: false, reason: `its journal cannot be restored: ${error.message}` }
  } finally {
    rmSync(lines, { force: true })
    if (existsSync(draft)) removeJournal(draft)
  }
}

/** Reads what the worker needs to know of the session, and says in it that it goes on here. */
function takeUp(store: JournalStore, saved: SavedSession, { now, cwd }: RestorePlace): Restored {
  const notes: Event[] = []
  let first: Event | null = null
  let last: Event | null = null
  let from = ''
  for (const event of store.read()) {
    first ??= event
    last = event
    if (event.kind === 'note.written') notes.push(event)
    else if (event.kind === 'session.started') from = event.body.cwd
  }
  const at = { time: now(), turn: last?.turn ?? 0, step: last?.step ?? 0 }
  const moved = from === cwd ? '' : `. The files are in ${cwd} now, no longer in ${from}`
  const reason = `its worker was lost, and another one goes on with the files as they were after the last finished step${moved}. Processes that it had started have ended, and files that git ignores may be missing`
  const { signer, worker, last: events, root } = saved
  store.append([
    { ...at, kind: 'session.resumed', body: { reason, interrupted: [] } },
    {
      ...at,
      kind: 'session.environment',
      body: { facts: { takeover: { worker, events, root, vkey: signer.vkey, note: signer.note } } },
    },
  ])
  return { ok: true, notes, elapsedMs: Math.max(0, (last?.time ?? 0) - (first?.time ?? 0)) }
}
