import type { Event } from '@cairn/journal'
import type { Entry } from '../ledger/entry.ts'
import { contentWords } from '../ledger/words.ts'

/** Share of the span's changed files, open failures and decisions in force that a text names; 1 where there are none. */
export function coverageOf(text: string, entries: readonly Entry[], events: readonly Event[]): number {
  const [first, last] = [events[0]?.seq ?? 0, events.at(-1)?.seq ?? 0]
  const files = new Set<string>()
  for (const event of events)
    if (event.kind === 'tool.done')
      for (const file of event.body.files ?? []) if (file.op !== 'seen') files.add(file.path)
  const words = new Set(contentWords(text))
  let [named, total] = [0, 0]
  for (const path of files) {
    total++
    if (text.includes(path.slice(path.lastIndexOf('/') + 1))) named++
  }
  for (const entry of entries) {
    const open = entry.status === 'current' && (entry.type === 'decision' || entry.type === 'failure')
    if (!open || entry.validFrom < first || entry.validFrom > last) continue
    total++
    const own = contentWords(entry.text)
    if (own.filter((word) => words.has(word)).length >= own.length * 0.6) named++
  }
  return total === 0 ? 1 : named / total
}
