import type { Item } from '@cairn/models'
import { textTokens, sizeOfItem } from './tokens.ts'
import type { RecordSection } from './render-record.ts'

/** The moving cache mark: on the last item, without touching the item that later requests share. */
export function markEnd(items: readonly Item[]): Item[] {
  const marked = items.slice()
  const last = marked.at(-1)
  if (last) marked[marked.length - 1] = { ...last, cache: true }
  return marked
}

/** What fills the request, in calibrated tokens by kind, the largest first. `sections`: those of the record. */
export function partsOf(
  system: string,
  prefixTokens: number,
  items: readonly Item[],
  sections: readonly RecordSection[] | null,
  factor: number,
): { kind: string; tokens: number }[] {
  const tokens = new Map<string, number>()
  const add = (kind: string, count: number) => tokens.set(kind, (tokens.get(kind) ?? 0) + count)
  const systemTokens = textTokens(system)
  add('system', systemTokens)
  add('tools', prefixTokens - systemTokens)
  const record = sections === null ? -1 : items.findIndex((item) => isRecord(item, sections))
  for (const [index, item] of items.entries()) {
    const size = sizeOfItem(item).tokens
    if (index === record) for (const { kind, text } of sections ?? []) add(kind, textTokens(text))
    else if (index === 0 && item.type === 'user' && item.cache === true) add('instructions', size)
    else add(item.type === 'user' ? 'messages' : item.type === 'assistant' ? 'answers' : 'results', size)
  }
  return [...tokens]
    .map(([kind, count]) => ({ kind, tokens: Math.ceil(count * factor) }))
    .filter((part) => part.tokens > 0)
    .toSorted((a, b) => b.tokens - a.tokens)
}

function isRecord(item: Item, sections: readonly RecordSection[]): boolean {
  const [part] = item.type === 'user' ? item.parts : []
  const [first] = sections
  return part?.type === 'text' && first !== undefined && part.text.startsWith(first.text)
}
