import type { UserInput } from './image-file.ts'
import { recordMessage } from './record-message.ts'

/** What a person says while a turn is under way; it waits for the next boundary between two steps. */
export interface Steering {
  /** Gives a function that takes the message back; false where it was delivered already. */
  add(said: UserInput): () => boolean
  /** Whether something waits. */
  waits(): boolean
  /** Writes what waits into the journal, in the order in which it was said. Called only between steps. */
  deliver(to: Parameters<typeof recordMessage>[2]): void
}

export function createSteering(): Steering {
  const waiting: UserInput[] = []
  return {
    add(said) {
      const message = { ...said }
      waiting.push(message)
      return () => {
        const at = waiting.indexOf(message)
        if (at === -1) return false
        waiting.splice(at, 1)
        return true
      }
    },
    waits: () => waiting.length > 0,
    deliver(to) {
      for (const { text, images, by } of waiting.splice(0))
        recordMessage(by === undefined ? { text } : { text, by }, images, to)
    },
  }
}
