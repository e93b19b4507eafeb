import type { Event, Span } from '@cairn/journal'
import type { ContextEngine } from '../engine.ts'
import { allEntries } from '../ledger/ledger-state.ts'
import type { Entry } from '../ledger/entry.ts'
import { spanText } from '../ledger/span-text.ts'
import { oneLine } from '../project/shorten.ts'

export interface Why {
  /** Section of the record that has the line; `tail` where it stands in the transcript; null where it is not shown. */
  where: string | null
  entries: { entry: Entry; sources: { span: Span; text: string | null }[] }[]
  /** Events that the line names by handle. */
  events: { seq: number; kind: string; excerpt: string }[]
}

/** What explaining a line has to read. */
export interface WhyPorts {
  event(seq: number): Event | null
  blob(sha256: string): Uint8Array | null
}

/** Shorter text says nothing about which entry a line is from. */
const LEAST = 8

/** Where a line of the context, or a ledger entry given by its id, comes from. */
export function why(context: ContextEngine, lineOrEntryId: string, ports: WhyPorts): Why {
  const asked = lineOrEntryId.trim()
  const { fold, sections } = context.inspect()
  const entries = allEntries(fold.ledger).filter(
    (entry) =>
      entry.id === asked ||
      asked.split(/[^\w.]+/).includes(entry.id) ||
      (entry.text.length >= LEAST && asked.includes(entry.text)) ||
      (asked.length >= LEAST && entry.text.includes(asked)),
  )
  const holding = sections.filter((section) => asked !== '' && section.text.includes(asked))
  // A rule stands in the words of its request too; what makes it bind is its line in the ledger.
  const shown = holding.find((section) => section.kind === 'ledger') ?? holding[0]
  const inTail = () =>
    JSON.stringify(context.project().request.items).includes(JSON.stringify(asked).slice(1, -1))
  const seqs = [...asked.matchAll(/\be:(\d+)/g)].map((match) => Number(match[1]))
  return {
    where: shown?.kind ?? (asked !== '' && inTail() ? 'tail' : null),
    entries: entries.map((entry) => ({
      entry,
      sources: entry.sources.map((span) => {
        const event = ports.event(span.seq)
        return { span, text: event === null ? null : spanText(event, span, ports) }
      }),
    })),
    events: seqs.flatMap((seq) => {
      const event = ports.event(seq)
      return event === null
        ? []
        : [{ seq, kind: event.kind, excerpt: oneLine(JSON.stringify(event.body), 200) }]
    }),
  }
}
