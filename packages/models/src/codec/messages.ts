import { createAnthropic } from '@ai-sdk/anthropic'
import type { LanguageModelV4FunctionTool, SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { Item, ModelRequest, ToolDeclaration } from '../model.ts'
import { type Codec, type CodecSettings, PLACEHOLDER_KEY } from './codec.ts'
import { freeformNames, functionInput, type PromptDialect, toPrompt } from './prompt.ts'
import { toEvents, unwrapFreeform } from './stream-events.ts'
import { toFunctionTool } from './tools.ts'

const CACHE_MARK = { anthropic: { cacheControl: { type: 'ephemeral' } } } as const
/** Anthropic takes four breakpoints; tools and system have one each. */
const ITEM_MARKS = 2

/** Anthropic's Messages API. */
export function createMessagesCodec(settings: CodecSettings): Codec {
  const model = createAnthropic({
    baseURL: settings.baseUrl,
    apiKey: settings.apiKey ?? PLACEHOLDER_KEY,
    headers: settings.headers,
    fetch: settings.fetch,
  })(settings.model)
  const prompt: PromptDialect = {
    provider: settings.provider,
    model: settings.model,
    // The wire wants an object here, not its text.
    callInput: (text, freeform) => JSON.parse(functionInput(text, freeform)),
    imagesInResults: true,
    failed: (value) => ({ type: 'error-text', value }),
    plainReasoning: false,
    cacheMark: CACHE_MARK,
    compaction: ({ text, meta }) =>
      text === '' || meta === undefined ? [] : [{ type: 'text', text, providerOptions: meta }],
  }
  return async function* (request, signal) {
    const { stream } = await model.doStream({
      prompt: toPrompt({ ...request, items: lastMarks(request.items) }, prompt),
      tools: toTools(request.tools),
      maxOutputTokens: request.maxOutput ?? settings.maxOutput,
      abortSignal: signal,
      ...(request.effort !== undefined && settings.reasoning && { reasoning: request.effort }),
      providerOptions: { anthropic: options(request) },
    })
    yield* toEvents(stream, {
      provider: settings.provider,
      model: settings.model,
      freeform: freeformNames(request.tools),
      freeformText: unwrapFreeform,
      plainReasoning: false,
      keep: (meta) => {
        const { type, signature, redactedData } = meta?.['anthropic'] ?? {}
        if (type === 'compaction')
          return { anthropic: { type, ...(signature === undefined ? {} : { signature }) } }
        if (signature !== undefined) return { anthropic: { signature } }
        return redactedData === undefined ? undefined : { anthropic: { redactedData } }
      },
    })
  }
}

function options({ safetyId, compact }: ModelRequest): SharedV4ProviderOptions[string] {
  return {
    ...(safetyId !== undefined && { metadata: { userId: safetyId } }),
    ...(compact !== undefined && { compaction: { type: 'summarize', instructions: compact.instructions } }),
  }
}

/** The mark on the last tool covers all tools before it. */
function toTools(tools: readonly ToolDeclaration[]): LanguageModelV4FunctionTool[] {
  const last = tools.length - 1
  return tools.map((tool, i) => ({
    ...toFunctionTool(tool),
    ...(i === last && { providerOptions: CACHE_MARK }),
  }))
}

/** Keeps the newest marks: they cover the longest prefix. */
function lastMarks(items: Item[]): Item[] {
  let surplus = items.filter((item) => item.cache).length - ITEM_MARKS
  if (surplus <= 0) return items
  return items.map((item) => (item.cache && surplus-- > 0 ? { ...item, cache: false } : item))
}
