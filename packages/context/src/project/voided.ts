import type { Entry } from '../ledger/entry.ts'

/** Where statements end that later ones have replaced, by position of their request. */
export type VoidedSpans = ReadonlyMap<number, readonly { end: number; status: string }[]>

/** Spans of user messages whose ledger entry holds no more. */
export function voidedSpans(entries: Iterable<Entry>): VoidedSpans {
  const spans = new Map<number, { end: number; status: string }[]>()
  for (const { status, sources } of entries) {
    if (status !== 'void') continue
    for (const { seq, field, end } of sources)
      if (field === 'text') spans.set(seq, [...(spans.get(seq) ?? []), { end, status: 'superseded' }])
  }
  return spans
}

/** The words of the user with a mark behind each statement that is no longer in force. */
export function labelVoided(
  text: string,
  spans: readonly { end: number; status: string }[] | undefined,
): string {
  if (!spans) return text
  let result = text
  for (const { end, status } of spans.toSorted((a, b) => b.end - a.end))
    if (end <= text.length) result = `${result.slice(0, end)} [${status}]${result.slice(end)}`
  return result
}
