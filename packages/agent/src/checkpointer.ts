import type { EventBodies } from '@cairn/journal'
import type { Checkpoint, Checkpoints, TakenCheckpoint } from '@cairn/workspace'

/** Paths that a checkpoint does not cover are named in the journal up to this number. */
const MAX_NAMED = 50
/** A step whose successor follows faster than this shares its checkpoint, in milliseconds. */
const SETTLE_MS = 150

type Body = EventBodies['tree.checkpoint']

/** Takes checkpoints of the files beside the model calls, so that the loop rarely waits for one. */
export interface Checkpointer {
  turnStarts(): void
  /** Resolves when the files may be changed: the checkpoint of the turn stands. May be called ahead of time. */
  beforeEffect(): Promise<void>
  /** The checkpoint of this turn; null where nothing had an effect. */
  start(): Promise<Checkpoint | null>
  /** A step with effects is over. */
  stepEnded(): void
  /** The last checkpoint of a turn that had effects. */
  turnEnded(): Promise<void>
  close(): Promise<void>
}

/** `write` is called with what belongs in the journal, at any time between two events of the loop. */
export function createCheckpointer(deps: {
  checkpoints: Checkpoints
  head: () => string | null
  write: (body: Body) => void
}): Checkpointer {
  const { checkpoints, head, write } = deps
  let before: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let effects = false
  let first: Checkpoint | null = null
  let newest: string | null = null
  let closed = false

  async function take(phase: Body['phase']): Promise<void> {
    try {
      const taken = await checkpoints.take()
      if (closed || (taken.id === newest && phase !== 'before')) return
      newest = taken.id
      if (phase === 'before') first = taken
      write(bodyOf(taken, phase, head()))
    } catch (error) {
      // Work goes on without a way back, and the journal says so.
      const reason = error instanceof Error ? error.message : String(error)
      if (!closed) write({ id: null, phase, files: 0, head: head(), uncovered: [], error: reason })
    }
  }
  const stopTimer = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  return {
    turnStarts() {
      effects = false
      before = null
      first = null
    },
    beforeEffect() {
      stopTimer()
      effects = true
      return (before ??= take('before'))
    },
    async start() {
      await before
      return effects ? first : null
    },
    stepEnded() {
      if (!effects) return
      stopTimer()
      timer = setTimeout(() => {
        timer = null
        void take('step')
      }, SETTLE_MS)
    },
    async turnEnded() {
      stopTimer()
      if (!effects) return
      effects = false
      await take('after')
    },
    async close() {
      stopTimer()
      closed = true
      await checkpoints.close()
    },
  }
}

function bodyOf({ id, files, uncovered }: TakenCheckpoint, phase: Body['phase'], head: string | null): Body {
  return { id, phase, files, head, uncovered: uncovered.slice(0, MAX_NAMED) }
}
