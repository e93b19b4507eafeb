import type { Recorder } from './recorder.ts'

/** What a person says while a turn is under way; it waits for the next boundary between two steps. */
export interface Steering {
  /** Gives a function that takes the message back; false where it was delivered already. */
  add(text: string): () => boolean
  /** Whether something waits. */
  waits(): boolean
  /** Writes what waits into the journal, in the order in which it was said. Called only between steps. */
  deliver(recorder: Pick<Recorder, 'record'>): void
}

export function createSteering(): Steering {
  const waiting: { text: string }[] = []
  return {
    add(text) {
      const message = { text }
      waiting.push(message)
      return () => {
        const at = waiting.indexOf(message)
        if (at === -1) return false
        waiting.splice(at, 1)
        return true
      }
    },
    waits: () => waiting.length > 0,
    deliver(recorder) {
      for (const { text } of waiting.splice(0)) recorder.record('user.message', { text })
    },
  }
}
