import type { Wire } from '@cairn/models'

/** One broken rule. `item` is the index in the items (or messages) of the request; -1 for the request as a whole. */
export interface Violation {
  code: string
  message: string
  item: number
}

/** The four shapes a request is sent in, as `models` calls them. */
export type { Wire }

export const WIRES: readonly Wire[] = ['responses', 'chat', 'messages', 'gemini']

/** Collects violations, at most `limit`: a broken request of a thousand items needs no thousand messages. */
export interface Sink {
  readonly found: Violation[]
  add(code: string, item: number, message: string): void
}

export function createSink(limit = 50): Sink {
  const found: Violation[] = []
  return {
    found,
    add(code, item, message) {
      if (found.length < limit) found.push({ code, message, item })
    },
  }
}
