import type { SharedV4ProviderMetadata } from '@ai-sdk/provider'
import type { AssistantItemPart } from '../model.ts'

/**
 * What a provider wants back with the assistant's item and the neutral parts cannot hold: the order of the pieces,
 * reasoning with its signature or encrypted form, metadata of calls. Text and arguments are not repeated here; a text
 * piece keeps only its length, so that the neutral item stays the one truth about what was said.
 */
export type NativePart =
  | { type: 'text'; length: number; meta?: SharedV4ProviderMetadata }
  | { type: 'reasoning'; text: string; meta?: SharedV4ProviderMetadata }
  | { type: 'call'; id: string; meta?: SharedV4ProviderMetadata }
  | CompactionPart

/** A compaction made by the provider: readable text, or none where it is encrypted. It stands for all before it. */
export interface CompactionPart {
  type: 'compaction'
  text: string
  meta?: SharedV4ProviderMetadata
}

/** One piece of an assistant message, ready to be put into a provider prompt. */
export type OutgoingPart = (AssistantItemPart & { meta?: SharedV4ProviderMetadata }) | CompactionPart

/**
 * Joins the neutral parts of an item with what the provider gave along. Where the caller changed the item since, the
 * item wins: texts are taken whole, calls that are gone stay gone, and only the metadata of what is left is used.
 */
export function mergeNative(parts: AssistantItemPart[], native: readonly NativePart[]): OutgoingPart[] {
  const calls = new Map(parts.flatMap((part) => (part.type === 'call' ? [[part.id, part] as const] : [])))
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  const textLength = native.reduce((sum, part) => sum + (part.type === 'text' ? part.length : 0), 0)
  const sliced = textLength === text.length
  const out: OutgoingPart[] = []
  let at = 0
  for (const part of native) {
    if (part.type === 'compaction') out.push(part)
    else if (part.type === 'reasoning')
      out.push({ type: 'reasoning', text: part.text, ...withMeta(part.meta) })
    else if (part.type === 'text') {
      const end = sliced ? at + part.length : text.length
      // An empty text may carry a signature, which has to stay in its place.
      if (end > at || part.meta) out.push({ type: 'text', text: text.slice(at, end), ...withMeta(part.meta) })
      at = end
    } else {
      const call = calls.get(part.id)
      if (call) out.push({ ...call, ...withMeta(part.meta) })
      calls.delete(part.id)
    }
  }
  if (at < text.length) out.push({ type: 'text', text: text.slice(at) })
  out.push(...calls.values())
  return out
}

function withMeta(meta: SharedV4ProviderMetadata | undefined): { meta?: SharedV4ProviderMetadata } {
  return meta ? { meta } : {}
}

/** Reads `native.data` of an item; null where it is not what `NativePart` says (an older or foreign journal). */
export function readNative(data: unknown): NativePart[] | null {
  if (typeof data !== 'object' || data === null || !('parts' in data) || !Array.isArray(data.parts))
    return null
  return data.parts.every(isNativePart) ? data.parts : null
}

function isNativePart(part: unknown): part is NativePart {
  if (typeof part !== 'object' || part === null || !('type' in part)) return false
  if (part.type === 'text') return 'length' in part && typeof part.length === 'number'
  if (part.type === 'reasoning' || part.type === 'compaction')
    return 'text' in part && typeof part.text === 'string'
  return part.type === 'call' && 'id' in part && typeof part.id === 'string'
}
