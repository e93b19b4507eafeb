import { createOpenAI } from '@ai-sdk/openai'
import type { LanguageModelV4FunctionTool, LanguageModelV4ProviderTool } from '@ai-sdk/provider'
import type { ModelRequest, ToolDeclaration } from '../model.ts'
import { replayableArguments } from './arguments.ts'
import { type Codec, type CodecSettings, PLACEHOLDER_KEY } from './codec.ts'
import type { NativePart } from './native.ts'
import { freeformNames, type PromptDialect, toPrompt } from './prompt.ts'
import { toEvents } from './stream-events.ts'
import { toFunctionTool } from './tools.ts'

/** OpenAI's Responses API, stateless: nothing is stored there, reasoning travels encrypted. */
export function createResponsesCodec(settings: CodecSettings): Codec {
  const model = createOpenAI({
    baseURL: settings.baseUrl,
    apiKey: settings.apiKey ?? PLACEHOLDER_KEY,
    headers: settings.headers,
    fetch: settings.fetch,
  }).responses(settings.model)
  const prompt: PromptDialect = {
    provider: settings.provider,
    model: settings.model,
    callInput: (text, freeform) => (freeform ? text : replayableArguments(text)),
    imagesInResults: true,
    plainReasoning: false,
    compaction: ({ meta }) =>
      meta === undefined ? [] : [{ type: 'custom', kind: 'openai.compaction', providerOptions: meta }],
  }
  return async function* (request, signal) {
    const { stream } = await model.doStream({
      prompt: toPrompt(request, prompt),
      tools: request.tools.map(toTool),
      abortSignal: signal,
      ...(request.maxOutput !== undefined && { maxOutputTokens: request.maxOutput }),
      ...(request.effort !== undefined && settings.reasoning && { reasoning: request.effort }),
      providerOptions: { openai: options(request, settings) },
    })
    yield* toEvents(stream, {
      provider: settings.provider,
      model: settings.model,
      freeform: freeformNames(request.tools),
      freeformText: unquote,
      plainReasoning: false,
      keep: (meta) => {
        const { type, itemId, reasoningEncryptedContent, encryptedContent, phase } = meta?.['openai'] ?? {}
        if (type === 'compaction' && itemId !== undefined && typeof encryptedContent === 'string')
          return { openai: { type, itemId, encryptedContent } }
        // Without the encrypted form an id alone points at an item that was never stored.
        if (itemId !== undefined && typeof reasoningEncryptedContent === 'string') {
          return { openai: { itemId, reasoningEncryptedContent } }
        }
        return typeof phase === 'string' ? { openai: { phase } } : undefined
      },
      shrink: keepLastBlob,
    })
  }
}

function options(request: ModelRequest, settings: CodecSettings): { [key: string]: string | boolean } {
  return {
    store: false,
    ...(settings.reasoning && { forceReasoning: true, reasoningSummary: 'auto' }),
    ...(request.cacheKey !== undefined && { promptCacheKey: request.cacheKey }),
    ...(request.compact !== undefined && { compactionTrigger: true }),
    ...(request.safetyId !== undefined && { safetyIdentifier: request.safetyId }),
  }
}

function toTool(tool: ToolDeclaration): LanguageModelV4FunctionTool | LanguageModelV4ProviderTool {
  // The API's default is strict, which forbids optional parameters.
  if (!tool.freeform) return { ...toFunctionTool(tool), strict: false }
  const format = { type: 'grammar', ...tool.freeform }
  return {
    type: 'provider',
    id: 'openai.custom',
    name: tool.name,
    args: { description: tool.description, format },
  }
}

/** The provider package hands out the text of a custom call as a JSON string. */
function unquote(input: string): string {
  try {
    const value: unknown = JSON.parse(input)
    return typeof value === 'string' ? value : input
  } catch {
    return input
  }
}

/** Each summary part of one reasoning item carries the whole encrypted item; the last one is enough. */
function keepLastBlob(parts: NativePart[]): NativePart[] {
  return parts.map((part, i) => {
    const itemId = part.meta?.['openai']?.['itemId']
    const next = parts[i + 1]
    const repeated =
      part.type === 'reasoning' && itemId !== undefined && next?.meta?.['openai']?.['itemId'] === itemId
    return repeated ? { ...part, meta: { openai: { itemId } } } : part
  })
}
