import type { Item, ToolDeclaration } from '@cairn/models'

/** One estimate for all policies: four characters a token, as in the reference measurements. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / 4)
}

const rendered = new WeakMap<Item, string>()

/**
 * The text of an item as the cache of a provider sees it: one string, equal if and only if the content is equal. Cache
 * marks are left out, because moving them breaks no prefix.
 */
export function itemText(item: Item): string {
  let text = rendered.get(item)
  if (text === undefined) {
    text =
      item.type === 'user'
        ? `user\n${item.parts.map((part) => (part.type === 'text' ? part.text : `[${part.mime} ${part.base64}]`)).join('\n')}`
        : item.type === 'assistant'
          ? `assistant\n${item.parts.map((part) => (part.type === 'call' ? `call ${part.id} ${part.tool} ${part.args}` : part.text)).join('\n')}`
          : `results\n${item.results.map((r) => `${r.id} ${r.ok ? 'ok' : 'failed'}\n${r.parts.map((part) => (part.type === 'text' ? part.text : `[${part.mime}]`)).join('\n')}`).join('\n')}`
    rendered.set(item, text)
  }
  return text
}

export function itemTokens(item: Item): number {
  return tokensOf(itemText(item)) + 4
}

const prefixes = new WeakMap<readonly ToolDeclaration[], string>()

/** Tools and system: what every request starts with. */
export function prefixText(system: string, tools: readonly ToolDeclaration[]): string {
  let declared = prefixes.get(tools)
  if (declared === undefined) {
    declared = JSON.stringify(tools)
    prefixes.set(tools, declared)
  }
  return `${declared}\n${system}`
}

export function requestTokens(
  system: string,
  tools: readonly ToolDeclaration[],
  items: readonly Item[],
): number {
  let sum = tokensOf(prefixText(system, tools))
  for (const item of items) sum += itemTokens(item)
  return sum
}
