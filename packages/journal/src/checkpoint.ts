import { parseVerifier, signText, verifyText } from './signed-note.ts'
import type { SigningKey } from './signed-note.ts'
import { hashBytes } from './merkle.ts'

/** A statement about a log: its first `size` events have this Merkle root. */
export interface Checkpoint {
  /** Which log: see `originOf`. */
  origin: string
  size: number
  /** RFC 6962 root in hex. */
  root: string
}

/** Either the checkpoint, or why it is not to be believed. */
export type CheckpointVerdict = { ok: true; checkpoint: Checkpoint } | { ok: false; reason: string }

/** The origin line of a session's checkpoints. The key's name differs from it, because one key signs many sessions. */
export const originOf = (sessionId: string): string => `cairn/journal/${sessionId}`

/** Signs a checkpoint as a C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint) and gives the note's text. */
export function signCheckpoint({ origin, size, root }: Checkpoint, key: SigningKey): string {
  return signText(`${origin}\n${size}\n${Buffer.from(root, 'hex').toString('base64')}\n`, key)
}

/** Reads a checkpoint without judging who signed it; null where the text is none. */
export function parseCheckpoint(note: string): Checkpoint | null {
  const end = note.indexOf('\n\n')
  const [origin, size, root, ...rest] = note.slice(0, end).split('\n')
  if (end < 0 || !origin || !size || !root || rest.length > 0 || !/^(?:0|[1-9]\d{0,15})$/.test(size))
    return null
  const hash = Buffer.from(root, 'base64')
  if (hash.length !== hashBytes || hash.toString('base64') !== root || !Number.isSafeInteger(Number(size)))
    return null
  return { origin, size: Number(size), root: hash.toString('hex') }
}

/** Judges a checkpoint with nothing but the public key, a C2SP `vkey`. Throws `JournalError` `bad-key` for a bad vkey. */
export function verifyCheckpoint(note: string, vkey: string): CheckpointVerdict {
  const verifier = parseVerifier(vkey)
  const checkpoint = parseCheckpoint(note)
  if (checkpoint === null) return { ok: false, reason: 'it is not a checkpoint in the C2SP format' }
  const reason = verifyText(note, verifier)
  return reason === null ? { ok: true, checkpoint } : { ok: false, reason }
}
