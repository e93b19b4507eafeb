import { parseCheckpoint, originOf, verifyCheckpoint } from './checkpoint.ts'
import { eventLeaf } from './event-leaf.ts'
import { JournalError } from './journal-error.ts'
import { inclusionProof, verifyInclusion } from './merkle-proof.ts'
import type { JournalStore } from './store.ts'

/** One event, and what proves that it stands in a signed log: nothing else of the session is needed, or shown. */
export interface EventProof {
  format: 'cairn-event-proof'
  version: 1
  session: string
  /** The event as it was hashed; `body` is the exact JSON text. */
  event: { seq: number; time: number; turn: number; step: number; kind: string; body: string }
  /** RFC 6962 inclusion path in the tree of the checkpoint, hex, leaf first. */
  path: string[]
  /** The C2SP signed note over the tree. */
  checkpoint: string
}

export type ProofVerdict = { ok: true; size: number; root: string } | { ok: false; reason: string }

/**
 * Proves one event by the smallest checkpoint that covers it. Throws `JournalError` `unsigned` where none does, and
 * `bad-argument` where there is no such event.
 */
export function proveEvent(store: JournalStore, seq: number): EventProof {
  const found = [...store.raw()].find((event) => event.seq === seq)
  if (found === undefined)
    throw new JournalError(
      'no-event',
      `There is no event ${seq} in ${store.sessionId}.`,
      'See `cairn show --json`.',
      {},
    )
  const checkpoint = store.checkpoints().find(({ size }) => size >= seq)
  if (checkpoint === undefined)
    throw new JournalError(
      'unsigned',
      `Event ${seq} of ${store.sessionId} stands after the last checkpoint.`,
      'End the session, or sign it with `cairn log anchor`.',
      {},
    )
  const { time, turn, step, kind, body } = found
  return {
    format: 'cairn-event-proof',
    version: 1,
    session: store.sessionId,
    event: { seq, time, turn, step, kind, body: Buffer.from(body).toString('utf8') },
    path: inclusionProof(store.leaves(checkpoint.size), seq - 1).map((hash) =>
      Buffer.from(hash).toString('hex'),
    ),
    checkpoint: checkpoint.note,
  }
}

const isProof = (value: unknown): value is EventProof => {
  if (typeof value !== 'object' || value === null) return false
  const { format, version, session, event, path, checkpoint } = value as Partial<EventProof>
  return (
    format === 'cairn-event-proof' &&
    version === 1 &&
    typeof session === 'string' &&
    typeof checkpoint === 'string' &&
    Array.isArray(path) &&
    path.length <= 64 &&
    path.every((hash) => typeof hash === 'string' && /^[0-9a-f]{64}$/u.test(hash)) &&
    typeof event === 'object' &&
    event !== null &&
    typeof event.body === 'string' &&
    typeof event.kind === 'string' &&
    [event.seq, event.time, event.turn, event.step].every((number) => Number.isSafeInteger(number))
  )
}

/** Judges a proof with nothing but itself and the public key. Throws `JournalError` `bad-key` for a bad key. */
export function verifyEventProof(proof: unknown, vkey: string): ProofVerdict {
  if (!isProof(proof)) return { ok: false, reason: 'it is not a proof of an event' }
  const signed = verifyCheckpoint(proof.checkpoint, vkey)
  if (!signed.ok) return { ok: false, reason: `its checkpoint is not good: ${signed.reason}` }
  const { origin, size, root } = signed.checkpoint
  if (origin !== originOf(proof.session)) return { ok: false, reason: 'its checkpoint is of another session' }
  const { body, ...numbers } = proof.event
  const leaf = eventLeaf({ ...numbers, body: Buffer.from(body, 'utf8') })
  const tree = { size, root: Buffer.from(root, 'hex') }
  const path = proof.path.map((hash) => Buffer.from(hash, 'hex'))
  if (leaf === null || !verifyInclusion(leaf, proof.event.seq - 1, tree, path))
    return { ok: false, reason: 'the event is not the one that was signed' }
  return { ok: true, size, root }
}

/** A checkpoint as one line, for the trailer of a commit: `Cairn-Checkpoint: …`. */
export const checkpointTrailer = (note: string): string =>
  `Cairn-Checkpoint: ${Buffer.from(note, 'utf8').toString('base64url')}`

/** The checkpoints in a text: signed notes by themselves, in trailers of commits, or in lines of an anchor file. */
export function findCheckpoints(text: string): string[] {
  const trailers = [...text.matchAll(/Cairn-Checkpoint: ([\w-]+)/gu)].map(([, encoded = '']) =>
    Buffer.from(encoded, 'base64url').toString('utf8'),
  )
  const notes = [...text.matchAll(/cairn\/journal\/\S+\n\d+\n\S+\n\n(?:— \S+ \S+\n)+/gu)].map(
    ([note]) => note,
  )
  return [...new Set([...trailers, ...notes])].filter((note) => parseCheckpoint(note) !== null)
}
