import type { Capture } from '../terminal.ts'
import { createErrorWindows } from './error-windows.ts'
import type { Spool } from './spool.ts'
import { orphaned, unfinished } from './utf8-edges.ts'

const headBytes = 64 * 1024
const tailBytes = 128 * 1024

/**
 * Collects output in constant memory: the first 64 KiB, the last 128 KiB, error windows, and all bytes in the spool.
 * The larger parts are allocated when the head is full.
 */
export const createOutputCapture = (createSpool: () => Spool | null) => {
  const head: Buffer[] = []
  let headSize = 0
  let bytes = 0
  let newlines = 0
  let lastByte = 10
  let rest: {
    ring: Buffer
    size: number
    at: number
    windows: ReturnType<typeof createErrorWindows>
  } | null = null
  let spool: Spool | null = null

  const pushRest = (chunk: Buffer) => {
    if (rest === null) {
      const inHead = head.reduce((sum, part) => sum + countNewlines(part), 0)
      const windows = createErrorWindows({ offset: headBytes, newlines: inHead }, tailBytes)
      rest = { ring: Buffer.allocUnsafe(tailBytes), size: 0, at: 0, windows }
    }
    rest.windows.push(chunk)
    const part = chunk.subarray(Math.max(0, chunk.length - tailBytes))
    const right = Math.min(part.length, tailBytes - rest.at)
    part.copy(rest.ring, rest.at, 0, right)
    part.copy(rest.ring, 0, right)
    rest.at = (rest.at + part.length) % tailBytes
    rest.size = Math.min(tailBytes, rest.size + part.length)
  }

  return {
    get bytes() {
      return bytes
    },
    push(chunk: Buffer) {
      if (chunk.length === 0) return
      if (bytes + chunk.length > headBytes && spool === null) {
        spool = createSpool()
        for (const part of head) spool?.push(part)
      }
      spool?.push(chunk)
      bytes += chunk.length
      newlines += countNewlines(chunk)
      lastByte = chunk[chunk.length - 1] ?? lastByte
      const room = headBytes - headSize
      if (room > 0) {
        // Copied: the chunk's memory belongs to a larger buffer of the stream.
        head.push(Buffer.from(chunk.subarray(0, room)))
        headSize += Math.min(room, chunk.length)
      }
      if (chunk.length > room) pushRest(chunk.subarray(Math.max(0, room)))
    },
    /** The capture so far; nothing may be pushed afterwards. */
    async finish(): Promise<Capture> {
      const first = Buffer.concat(head)
      const lines = newlines + (lastByte === 10 ? 0 : 1)
      if (rest === null) {
        return {
          bytes,
          lines,
          head: first.toString('utf8'),
          tail: '',
          complete: true,
          windows: [],
          blob: null,
        }
      }
      const { ring, size, at, windows } = rest
      const cut = first.length - unfinished(first)
      const last =
        size < tailBytes ? ring.subarray(0, size) : Buffer.concat([ring.subarray(at), ring.subarray(0, at)])
      const joins = first.length + size === bytes
      const tail = joins ? Buffer.concat([first.subarray(cut), last]) : last.subarray(orphaned(last))
      return {
        bytes,
        lines,
        head: first.subarray(0, cut).toString('utf8'),
        tail: tail.toString('utf8'),
        complete: false,
        windows: windows.finish(),
        blob: spool === null ? null : await spool.toBlob(),
      }
    },
    discard() {
      spool?.discard()
    },
  }
}

export type OutputCapture = ReturnType<typeof createOutputCapture>

const countNewlines = (chunk: Buffer): number => {
  let count = 0
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count++
  return count
}
