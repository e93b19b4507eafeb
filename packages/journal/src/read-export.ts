import { createReadStream } from 'node:fs'
import type { Event } from './event.ts'
import { parseBlobLine, parseEventLine, parseHeaderLine, type ExportHeader } from './export-format.ts'
import { JournalError } from './journal-error.ts'
import { splitLines } from './split-lines.ts'
import type { Store } from './store.ts'

/** Events that are written at once. */
const BATCH = 256

/** The header of an export; null where a file is none. */
export async function readExportHeader(path: string): Promise<ExportHeader | null> {
  for await (const { bytes } of splitLines(createReadStream(path, { highWaterMark: 1 << 16, end: 1 << 16 })))
    return parseHeaderLine(bytes.toString('utf8'))
  return null
}

/** The events of an export in order. It is not verified: `verifyLog` does that. */
export async function* readExportEvents(path: string): AsyncGenerator<Event, void> {
  for await (const { bytes } of splitLines(createReadStream(path, { highWaterMark: 1 << 18 }))) {
    const raw = parseEventLine(bytes)
    if (raw === null) continue
    const { seq, time, turn, step, kind } = raw
    // What is read from a journal is of the kind that it says; readers of foreign ones look at each field.
    yield { seq, time, turn, step, kind, body: JSON.parse(Buffer.from(raw.body).toString('utf8')) } as Event
  }
}

/** The bytes of blobs in an export, chunk by chunk; those of one blob stand together. */
async function* readExportBlobs(path: string): AsyncGenerator<{ sha256: string; data: Uint8Array }, void> {
  for await (const { bytes } of splitLines(createReadStream(path, { highWaterMark: 1 << 18 }))) {
    if (bytes.toString('latin1', 0, 9) !== '{"blob":"') continue
    const line = parseBlobLine(bytes.toString('utf8'))
    if (line !== null && 'data' in line) yield line
  }
}

async function restoreBlobs(path: string, to: Store): Promise<void> {
  const chunks = readExportBlobs(path)
  let next = await chunks.next()
  async function* ofOne(sha256: string): AsyncGenerator<Uint8Array, void> {
    while (next.done !== true && next.value.sha256 === sha256) {
      yield next.value.data
      next = await chunks.next()
    }
  }
  while (next.done !== true) await to.putBlobStream(ofOne(next.value.sha256))
}

/**
 * Writes the blobs and events of a verified export into an empty journal, where every event keeps its number, and holds the
 * result against the root that was verified. Throws `JournalError` `corrupt` where it is not the same.
 */
export async function restoreExport(path: string, to: Store, root: string): Promise<void> {
  await restoreBlobs(path, to)
  let batch: Event[] = []
  const write = () => {
    if (batch.length > 0) to.append(batch.map(({ seq: _seq, ...event }) => event))
    batch = []
  }
  for await (const event of readExportEvents(path)) {
    batch.push(event)
    if (batch.length === BATCH) write()
  }
  write()
  if (to.head().root === root) return
  throw new JournalError(
    'corrupt',
    `${path} changed while it was read, or another version wrote it in another way.`,
    'Try it again; else import it as text.',
    { path },
  )
}
