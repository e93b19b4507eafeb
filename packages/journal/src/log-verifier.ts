import { parseCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { eventLeaf } from './event-leaf.ts'
import type { RawEvent } from './event-leaf.ts'
import { GapList } from './gap-list.ts'
import { appendLeaves, emptyFrontier, frontierRoot } from './merkle.ts'
import type { Frontier } from './merkle.ts'
import type { Damage } from './raw-events.ts'
import type { Problem, ProblemCode, VerifyResult } from './verify-result.ts'

const maxProblems = 1000

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const same = (a: Uint8Array, b: Uint8Array | null): boolean => b !== null && Buffer.compare(a, b) === 0
const span = (from: number, to: number): string =>
  from === to ? `Event ${from} is` : `Events ${from} to ${to} are`

/** Takes a log event by event, wherever it comes from, and judges it. */
export interface LogVerifier {
  /** True where the event is as it was hashed and in its place. */
  event(event: RawEvent): boolean
  damage(damage: Damage): void
  report(seq: number | null, code: ProblemCode, message: string): void
  finish(): VerifyResult
}

/** What a log says of itself, and what it is verified against. */
export interface Claims {
  /** Origin of its checkpoints; null where it is unknown. */
  origin: string | null
  notes: readonly string[]
  vkey: string | null
  /** Size that the log's head or header claims; null where that cannot be read. */
  expected: number | null
}

/** A checkpoint that events are compared with. */
interface Expected {
  size: number
  root: string
  trusted: boolean
}

/**
 * Prepares to verify a log. Checkpoints have to be known beforehand,
 * because the root at their size is only at hand when the events have come that far. Constant memory.
 */
export function createLogVerifier({ origin, notes, vkey, expected: claimed }: Claims): LogVerifier {
  const problems: Problem[] = []
  const gaps = new GapList()
  // The tree over the stored hashes, and from the first difference on one over the computed hashes too: whichever
  // meets the signed root tells whether the event or its stored hash was changed.
  let stored: Frontier | null = emptyFrontier
  let computed: Frontier | null = null
  let next = 1
  let count = 0
  let signed = 0
  let checkedTo = 0

  const report = (seq: number | null, code: ProblemCode, message: string): void => {
    if (problems.length < maxProblems) problems.push({ seq, code, message })
  }

  const expectations = notes.flatMap((note) => readExpected(note)).sort((a, b) => a.size - b.size)
  let due = 0
  const promised = Math.max(claimed ?? 0, expectations.at(-1)?.size ?? 0)

  function readExpected(note: string): Expected[] {
    const verdict = vkey === null ? null : verifyCheckpoint(note, vkey)
    const checkpoint = verdict?.ok ? verdict.checkpoint : parseCheckpoint(note)
    if (verdict?.ok === false || checkpoint === null) {
      const why = verdict?.ok === false ? verdict.reason : 'it is not a checkpoint in the C2SP format'
      report(checkpoint?.size ?? null, 'bad-checkpoint', `A checkpoint cannot be believed: ${why}.`)
      return []
    }
    if (origin !== null && checkpoint.origin !== origin) {
      const message = `A checkpoint is about ${checkpoint.origin}, and this log is ${origin}.`
      report(checkpoint.size, 'bad-checkpoint', message)
      return []
    }
    return [{ size: checkpoint.size, root: checkpoint.root, trusted: vkey !== null }]
  }

  function compareWithDue(): void {
    for (let expected = expectations[due]; expected?.size === next - 1; expected = expectations[++due]) {
      const holds =
        (stored !== null && hex(frontierRoot(stored)) === expected.root) ||
        (computed !== null && hex(frontierRoot(computed)) === expected.root)
      if (holds && expected.trusted) signed = expected.size
      if (!holds && stored !== null) {
        report(
          checkedTo + 1,
          'root-mismatch',
          `${span(checkedTo + 1, expected.size)} not what was signed: apart from those reported each fits its hash, but the checkpoint at ${expected.size} has another root.`,
        )
      }
      checkedTo = expected.size
    }
  }

  /** Puts the hashes into the tree where the event is the next one. */
  function grow(leaf: Uint8Array, actual: Uint8Array | null): void {
    if (stored !== null) {
      if (computed === null && !same(leaf, actual)) computed = stored
      if (computed !== null) computed = actual === null ? null : appendLeaves(computed, [actual])
      stored = appendLeaves(stored, [leaf])
    }
    next++
    compareWithDue()
  }

  function breakTree(): void {
    stored = null
    computed = null
  }

  function skipTo(seq: number): void {
    breakTree()
    next = seq
    while ((expectations[due]?.size ?? Infinity) < next - 1) due++
  }

  return {
    report,
    event(event) {
      count++
      const { seq, leaf } = event
      const actual = eventLeaf(event)
      const intact = same(leaf, actual)
      if (seq !== next && !intact && same(leaf, eventLeaf({ ...event, seq: next }))) {
        report(next, 'renumbered', `Event ${next} is stored under the number ${seq}.`)
        grow(leaf, leaf)
        return false
      }
      if (!intact) {
        report(seq, 'altered', `Event ${seq} is not what was hashed when it was appended.`)
      }
      // A changed event far outside says nothing about what should lie between.
      if (!intact && seq > Math.max(next, promised)) return false
      if (seq < next) {
        gaps.fill(seq)
        report(seq, 'out-of-order', `Event ${seq} comes after event ${next - 1}.`)
        breakTree()
        return false
      }
      if (seq > next) {
        gaps.add(next, seq - 1)
        skipTo(seq)
      }
      grow(leaf, actual)
      return intact
    },
    damage({ from, to, why }) {
      const verb = from === to ? `Event ${from}` : `Events ${from} to ${to}`
      report(from, 'unreadable', `${verb} cannot be read: ${why}.`)
      if (from > next) gaps.add(next, from - 1)
      if (to >= next) skipTo(to + 1)
      else breakTree()
    },
    finish() {
      for (const [from, to] of gaps.spans()) report(from, 'missing', `${span(from, to)} missing.`)
      if (promised >= next) {
        report(next, 'truncated', `The log ends after event ${next - 1}; it had at least ${promised}.`)
      }
      problems.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
      return {
        ok: problems.length === 0,
        size: count,
        root: stored === null ? null : hex(frontierRoot(stored)),
        signed,
        unsigned: Math.max(0, count - signed),
        problems,
      }
    },
  }
}
