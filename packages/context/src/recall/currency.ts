import type { Event } from '@cairn/journal'
import type { Entry } from '../ledger/entry.ts'

export type Currency = 'current' | 'superseded' | 'void' | 'historical'

/** How an entry is labelled when it is recalled. */
export function entryCurrency(entry: Entry): Currency {
  if (entry.status === 'current' || entry.status === 'unverified') return 'current'
  if (entry.status === 'done') return 'historical'
  return entry.voidedBy === null ? 'void' : 'superseded'
}

/**
 * How the text of an event is labelled: file content by whether a newer one is known, statements by their entries, and
 * the rest as history. An event that speaks for entries in force and for ended ones is historical, with each named.
 */
export function eventCurrency(
  event: Event,
  entries: readonly Entry[],
  fileHash: ((path: string) => string | null | undefined) | undefined,
): Currency {
  if (event.kind === 'tool.done' && fileHash) {
    const files = event.body.files ?? []
    const stale = files.some((file) => {
      const now = fileHash(file.path)
      return now !== undefined && now !== file.after
    })
    if (stale) return 'superseded'
    if (files.length > 0) return 'current'
  }
  if (entries.length === 0) return 'historical'
  const labels = new Set(entries.map(entryCurrency))
  const [only] = labels
  return labels.size === 1 && only !== undefined ? only : 'historical'
}
