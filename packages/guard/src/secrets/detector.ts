import type { Anchor } from './anchor-table.ts'
import type { ByteWindow } from './byte-window.ts'

/** A secret in a window of bytes: [start, end). */
export interface SecretSpan {
  start: number
  end: number
  kind: string
  /** The secret itself, however it is encoded at the place; null: the bytes of the span. */
  value: Uint8Array | null
  /** Where it really begins, where another span was cut off before it. */
  origin?: number
}

/**
 * `more`: it cannot be told before more bytes are there; what begins at `start` has to wait. `idle`: nothing of the secret
 * itself is there yet, only what announces it (`Password: `).
 */
export type Detection = SecretSpan | { more: true; start: number; idle?: true } | null

/** Recognises one kind of secret around its anchor. Looks back at most `lookBehind` bytes. */
export interface Detector extends Anchor {
  readonly kind: string
  detect(window: ByteWindow, at: number): Detection
}

/** Bytes before an anchor that a detector may look at, registered values apart. */
export const lookBehind = 32
