import type {
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import type { ModelEvent, ModelUsage } from '../model.ts'
import { FREEFORM_PARAMETER } from './arguments.ts'
import type { NativePart } from './native.ts'

/** What differs between wires when a stream is read. */
export interface StreamDialect {
  provider: string
  model: string
  freeform: ReadonlySet<string>
  /** The argument text of a freeform call from the `input` of the call part. */
  freeformText(input: string): string
  /** Metadata worth sending back; undefined where there is none. */
  keep(meta: SharedV4ProviderMetadata | undefined): SharedV4ProviderMetadata | undefined
  /** Whether reasoning without metadata goes back to the provider as well. */
  plainReasoning: boolean
  usage?: (usage: LanguageModelV4Usage) => ModelUsage
  /** The model that answered, from a raw chunk, where the specification's metadata do not tell. */
  servedIn?: (rawChunk: unknown) => string | undefined
  /** Drops what is held twice. */
  shrink?: (parts: NativePart[]) => NativePart[]
}

/** Thrown where a stream ended without the provider's end marker. */
export class StreamCut extends Error {
  override readonly name = 'StreamCut'
}

const REASONS = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'filter',
  'tool-calls': 'calls',
  error: 'error',
  other: 'other',
} as const

/**
 * Reads the parts of one stream as model events. Finished calls are held back until the end marker has been seen: a
 * stream that is cut may have closed a call with half of its arguments, and those must never reach a tool.
 */
export async function* toEvents(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  dialect: StreamDialect,
): AsyncGenerator<ModelEvent> {
  const calls: Extract<ModelEvent, { type: 'call' }>[] = []
  const native = new NativeCollector(dialect)
  let served: string | null = null
  let finished = false
  for await (const part of stream) {
    native.take(part)
    switch (part.type) {
      case 'text-delta':
        if (part.delta !== '' && !native.compacts(part.id)) yield { type: 'text', delta: part.delta }
        break
      case 'reasoning-delta':
        if (part.delta !== '') yield { type: 'reasoning', delta: part.delta }
        break
      case 'tool-input-start':
        yield { type: 'call-start', id: part.id, tool: part.toolName }
        break
      case 'tool-input-delta':
        yield { type: 'call-delta', id: part.id, delta: part.delta }
        break
      case 'tool-call': {
        const args = dialect.freeform.has(part.toolName) ? dialect.freeformText(part.input) : part.input
        calls.push({ type: 'call', id: part.toolCallId, tool: part.toolName, args })
        break
      }
      case 'response-metadata':
        served = part.modelId ?? served
        break
      case 'raw':
        served = dialect.servedIn?.(part.rawValue) ?? served
        break
      case 'error':
        throw part.error
      case 'finish': {
        if (part.finishReason.unified === 'interrupted')
          throw new StreamCut('the stream ended without its end marker')
        // Some servers send no text at all for a tool without parameters; after a cut-off that would be a guess.
        const complete = part.finishReason.unified !== 'length'
        for (const call of calls)
          yield complete && call.args === '' ? { ...call, args: emptyArgs(call.tool, dialect) } : call
        const parts = native.parts()
        yield {
          type: 'finish',
          reason:
            calls.length > 0 && part.finishReason.unified === 'stop'
              ? 'calls'
              : REASONS[part.finishReason.unified],
          usage: (dialect.usage ?? toUsage)(part.usage),
          served,
          ...(parts && { native: { provider: dialect.provider, model: dialect.model, data: { parts } } }),
        }
        finished = true
        break
      }
      default:
        break
    }
  }
  if (!finished) throw new StreamCut('the stream ended without its end marker')
}

function emptyArgs(tool: string, dialect: StreamDialect): string {
  return dialect.freeform.has(tool) ? '' : '{}'
}

/** Usage in the terms of this room. */
export function toUsage(usage: LanguageModelV4Usage): ModelUsage {
  return {
    input: usage.inputTokens.total ?? 0,
    cachedInput: usage.inputTokens.cacheRead ?? 0,
    cacheWrite: usage.inputTokens.cacheWrite ?? 0,
    output: usage.outputTokens.total ?? 0,
    reasoning: usage.outputTokens.reasoning ?? 0,
  }
}

/** The text of a freeform call that travelled as a function with one string; as it came where it is not that. */
export function unwrapFreeform(input: string): string {
  try {
    const value: unknown = JSON.parse(input)
    if (typeof value === 'object' && value !== null && FREEFORM_PARAMETER in value) {
      const text = value[FREEFORM_PARAMETER]
      if (typeof text === 'string') return text
    }
  } catch {
    // Not JSON: the tool gets the text as it is and says what is wrong with it.
  }
  return input
}

function isCompaction(meta: SharedV4ProviderMetadata | undefined): boolean {
  return Object.values(meta ?? {}).some((fields) => fields['type'] === 'compaction')
}

/** Gathers, in order, what the provider wants back. */
class NativeCollector {
  readonly #dialect: StreamDialect
  readonly #parts: NativePart[] = []
  readonly #open = new Map<string, NativePart>()

  constructor(dialect: StreamDialect) {
    this.#dialect = dialect
  }

  take(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'text-start': {
        const compaction = isCompaction(part.providerMetadata)
        const begun: NativePart = compaction ? { type: 'compaction', text: '' } : { type: 'text', length: 0 }
        this.#begin(`t${part.id}`, begun, part.providerMetadata)
        break
      }
      case 'custom':
        if (isCompaction(part.providerMetadata))
          this.#begin('compaction', { type: 'compaction', text: '' }, part.providerMetadata)
        break
      case 'reasoning-start':
        this.#begin(`r${part.id}`, { type: 'reasoning', text: '' }, part.providerMetadata)
        break
      case 'text-delta': {
        const open = this.#open.get(`t${part.id}`)
        if (open?.type === 'text') open.length += part.delta.length
        else if (open?.type === 'compaction') open.text += part.delta
        this.#annotate(open, part.providerMetadata)
        break
      }
      case 'reasoning-delta': {
        const open = this.#open.get(`r${part.id}`)
        if (open?.type === 'reasoning') open.text += part.delta
        this.#annotate(open, part.providerMetadata)
        break
      }
      case 'text-end':
        this.#annotate(this.#open.get(`t${part.id}`), part.providerMetadata)
        break
      case 'reasoning-end':
        this.#annotate(this.#open.get(`r${part.id}`), part.providerMetadata)
        break
      case 'tool-call':
        this.#begin(`c${part.toolCallId}`, { type: 'call', id: part.toolCallId }, part.providerMetadata)
        break
      default:
        break
    }
  }

  /** Whether the text part with this id is a compaction: nothing that is said to the user. */
  compacts(id: string): boolean {
    return this.#open.get(`t${id}`)?.type === 'compaction'
  }

  /** Undefined where nothing was said that the neutral item does not say as well. */
  parts(): NativePart[] | undefined {
    const worth = this.#parts.some(
      (part) => part.meta || (part.type === 'reasoning' && this.#dialect.plainReasoning),
    )
    if (!worth) return undefined
    const parts = this.#parts.filter(
      (part) => part.type !== 'reasoning' || part.meta || this.#dialect.plainReasoning,
    )
    return this.#dialect.shrink?.(parts) ?? parts
  }

  #begin(key: string, part: NativePart, meta: SharedV4ProviderMetadata | undefined): void {
    this.#open.set(key, part)
    this.#parts.push(part)
    this.#annotate(part, meta)
  }

  #annotate(part: NativePart | undefined, meta: SharedV4ProviderMetadata | undefined): void {
    const kept = this.#dialect.keep(meta)
    if (!part || !kept) return
    const merged: SharedV4ProviderMetadata = { ...part.meta }
    for (const [name, value] of Object.entries(kept)) merged[name] = { ...merged[name], ...value }
    part.meta = merged
  }
}
