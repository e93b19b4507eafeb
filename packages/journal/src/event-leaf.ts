import { leafHash } from './merkle.ts'

/** An event as it lies in the store: the JSON of the body as the exact bytes that were hashed. */
export interface RawEvent {
  seq: number
  time: number
  turn: number
  step: number
  kind: string
  /** UTF-8 of the body's JSON. */
  body: Uint8Array
  /** Leaf hash as stored, 32 bytes. */
  leaf: Uint8Array
}

const version = 1
const fixedBytes = 1 + 4 * 8 + 2
const twoTo32 = 2 ** 32

/**
 * The leaf hash of an event: RFC 6962 over version, seq, time, turn, step (64 bits each, big-endian), the length of
 * the kind (16 bits), the kind, and the body's bytes. Fixed widths and one length make the encoding one-to-one, so
 * two different events never share an encoding. Null where a number is not one that the journal writes.
 */
export function eventLeaf(event: Omit<RawEvent, 'leaf'>): Uint8Array | null {
  const kind = Buffer.from(event.kind, 'utf8')
  const encoded = Buffer.allocUnsafe(fixedBytes + kind.length + event.body.length)
  encoded[0] = version
  let at = 1
  for (const value of [event.seq, event.time, event.turn, event.step]) {
    if (!Number.isSafeInteger(value) || value < 0) return null
    at = encoded.writeUInt32BE(Math.floor(value / twoTo32), at)
    at = encoded.writeUInt32BE(value % twoTo32, at)
  }
  if (kind.length > 0xffff) return null
  at = encoded.writeUInt16BE(kind.length, at)
  encoded.set(kind, at)
  encoded.set(event.body, at + kind.length)
  return leafHash(encoded)
}
