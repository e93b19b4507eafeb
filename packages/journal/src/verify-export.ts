import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { originOf } from './checkpoint.ts'
import { parseBlobLine, parseCheckpointLine, parseEventLine, parseHeaderLine } from './export-format.ts'
import type { BlobLine } from './export-format.ts'
import { createLogVerifier } from './log-verifier.ts'
import type { LogVerifier } from './log-verifier.ts'
import { createRefCollector } from './ref-collector.ts'
import type { HeldBlob } from './held-blob.ts'
import { splitLines } from './split-lines.ts'
import type { VerifyOptions, VerifyResult } from './verify-result.ts'

const tailBytes = 64 * 1024

/** Verifies an exported file, line by line, in constant memory. */
export async function verifyExport(
  path: string,
  { vkey, anchors = [], blobs = true }: VerifyOptions,
): Promise<VerifyResult> {
  const note = parseCheckpointLine(await lastLine(path))
  const lines = splitLines(createReadStream(path, { highWaterMark: 1 << 18 }))
  const first = await lines.next()
  const header = first.done === true ? null : parseHeaderLine(first.value.bytes.toString('utf8'))
  const origin = header === null ? null : originOf(header.session)
  const notes = typeof note === 'string' ? [note, ...anchors] : anchors
  const verifier = createLogVerifier({ origin, notes, vkey, expected: header?.events ?? null })
  if (header === null) verifier.report(null, 'bad-line', 'The first line is not the header of an export.')
  if (note === undefined) {
    verifier.report(
      null,
      'truncated',
      'The last line is not a checkpoint: the file was cut off, or the line was changed.',
    )
  }

  const refs = createRefCollector()
  const held = createBlobReader(verifier)
  let number = 1
  let place = 1
  for await (const { bytes, ended } of lines) {
    number++
    const line = bytes.subarray(0, 400).toString('latin1')
    const event = parseEventLine(bytes)
    if (event !== null) {
      place = event.seq + 1
      if (verifier.event(event)) refs.collect(event)
    } else if (line.startsWith('{"blob":')) {
      held.line(parseBlobLine(bytes.toString('utf8')), number)
    } else if (parseCheckpointLine(bytes.toString('utf8')) === undefined) {
      verifier.report(place, 'bad-line', `Line ${number} is not one that the exporter writes.`)
    }
    if (!ended) verifier.report(null, 'truncated', `Line ${number} does not end.`)
  }
  const list = held.finish()
  if (blobs && header?.blobs === true) refs.check(list, verifier.report)
  return verifier.finish()
}

/** The checkpoint is needed before the first event, and stands on the last line. */
async function lastLine(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const length = Math.min(size, tailBytes)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const text = buffer.toString('utf8')
    return text.slice(text.lastIndexOf('\n', text.length - 2) + 1).replace(/\n$/, '')
  } finally {
    await file.close()
  }
}

/** Hashes blobs as their lines come; the chunks of one stand together. */
function createBlobReader(verifier: LogVerifier): {
  line(line: BlobLine | null, number: number): void
  finish(): HeldBlob[]
} {
  const list: HeldBlob[] = []
  let current: { sha256: string; bytes: number; read: number; hash: ReturnType<typeof createHash> } | null =
    null

  function close(): void {
    if (current === null) return
    const digest = { sha256: current.hash.digest('hex'), bytes: current.read }
    list.push({ sha256: current.sha256, bytes: current.bytes, erased: false, digest: () => digest })
    current = null
  }

  return {
    line(line, number) {
      if (line === null) {
        verifier.report(null, 'bad-line', `Line ${number} is not a blob as the exporter writes it.`)
        return
      }
      if (current !== null && current.sha256 !== line.sha256) close()
      if ('erased' in line) {
        list.push({ sha256: line.sha256, bytes: line.bytes, erased: true, digest: () => null })
        return
      }
      current ??= { sha256: line.sha256, bytes: line.bytes, read: 0, hash: createHash('sha256') }
      current.hash.update(line.data)
      current.read += line.data.length
    },
    finish() {
      close()
      return list
    },
  }
}
