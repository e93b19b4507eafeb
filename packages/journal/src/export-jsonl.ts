import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { chunkBytes } from './blobs.ts'
import { blobLine, checkpointLine, eventLine, headerLine } from './export-format.ts'
import type { JournalStore } from './store.ts'

/** The lines of an export, without line ends. */
function* exportLines(store: JournalStore, blobs: boolean): IterableIterator<string> {
  const events = store.head().size
  yield headerLine({ session: store.sessionId, events, blobs })
  for (const event of store.raw()) {
    // A writer may be appending: the export ends where its header says.
    if (event.seq > events) break
    yield eventLine(event)
  }
  if (blobs) {
    for (const { sha256, bytes, erased } of store.listBlobs()) {
      if (erased !== null) {
        yield blobLine({ sha256, bytes, erased })
        continue
      }
      // An empty blob has a line too.
      for (let index = 0; index === 0 || index * chunkBytes < bytes; index++) {
        const data = store.getBlobRange(sha256, index * chunkBytes, (index + 1) * chunkBytes)
        if (data !== null) yield blobLine({ sha256, bytes, index, data })
      }
    }
  }
  yield checkpointLine(store.checkpoints().findLast((checkpoint) => checkpoint.size <= events)?.note ?? null)
}

/**
 * Writes a session as JSON lines: a header, one line an event with its leaf hash, the blobs if asked (default no), and
 * the newest checkpoint. `verifyLog` verifies the result. A writer with a key signs first, so that nothing is left
 * unsigned. Does not end `out`. Throws `JournalError` `corrupt` at a damaged event, and what `out` reports.
 */
export async function exportJsonl(
  store: JournalStore,
  out: Writable,
  { blobs = false }: { blobs?: boolean } = {},
): Promise<void> {
  if (store.mode === 'writer') store.sign()
  for (const line of exportLines(store, blobs)) {
    if (!out.write(`${line}\n`)) await once(out, 'drain')
  }
}
