import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { LanguageModelV4Usage } from '@ai-sdk/provider'
import type { ModelRequest, ModelUsage } from '../model.ts'
import type { Codec, CodecSettings } from './codec.ts'
import { freeformNames, functionInput, toPrompt } from './prompt.ts'
import { toEvents, toUsage, unwrapFreeform } from './stream-events.ts'
import { toFunctionTool } from './tools.ts'

/** What a Chat Completions server deviates in. */
export interface ChatTraits {
  /** Whether `reasoning_content` of earlier answers is sent back; some servers refuse the field, some need it. */
  echoReasoning: boolean
  /** The body's name for the output limit. */
  limitField: 'max_tokens' | 'max_completion_tokens'
  /** Whether `prompt_cache_key` is understood. */
  cacheKey: boolean
}

const NAME = 'compatible'
const KEPT = { provider: NAME } as const

/** Chat Completions, as spoken by most servers that are not OpenAI. */
export function createChatCodec(settings: CodecSettings, traits: ChatTraits): Codec {
  const model = createOpenAICompatible({
    name: NAME,
    baseURL: settings.baseUrl,
    headers: settings.headers,
    fetch: settings.fetch,
    includeUsage: true,
    transformRequestBody: (body) => arrange(body, traits),
    ...(settings.apiKey !== undefined && { apiKey: settings.apiKey }),
  })(settings.model)
  const prompt = {
    provider: settings.provider,
    model: settings.model,
    callInput: functionInput,
    imagesInResults: false,
    plainReasoning: traits.echoReasoning,
  }
  return async function* (request, signal) {
    const { stream } = await model.doStream({
      prompt: toPrompt(request, prompt),
      tools: request.tools.map(toFunctionTool),
      abortSignal: signal,
      providerOptions: { [KEPT.provider]: chatOptions(request, settings, traits) },
      ...(request.maxOutput !== undefined && { maxOutputTokens: request.maxOutput }),
    })
    yield* toEvents(stream, {
      provider: settings.provider,
      model: settings.model,
      freeform: freeformNames(request.tools),
      freeformText: unwrapFreeform,
      plainReasoning: traits.echoReasoning,
      // Only a thought signature (Gemini behind a compatible endpoint) has to travel back.
      keep: (meta) => (meta?.[NAME]?.['thoughtSignature'] === undefined ? undefined : { [NAME]: meta[NAME] }),
      usage: chatUsage,
    })
  }
}

function chatOptions(
  request: ModelRequest,
  settings: CodecSettings,
  traits: ChatTraits,
): { [key: string]: string } {
  return {
    ...(request.effort !== undefined && settings.reasoning && { reasoningEffort: EFFORT[request.effort] }),
    ...(request.cacheKey !== undefined && traits.cacheKey && { prompt_cache_key: request.cacheKey }),
    ...(request.safetyId !== undefined && traits.cacheKey && { safety_identifier: request.safetyId }),
  }
}

const EFFORT = { minimal: 'low', low: 'low', medium: 'medium', high: 'high', max: 'high' } as const

/** Puts what stays first and the messages last, so that the bytes of a request extend those of the one before. */
function arrange(body: { [key: string]: unknown }, traits: ChatTraits): { [key: string]: unknown } {
  const { model, tools, messages, max_tokens: limit, ...rest } = body
  return { model, ...rest, ...(limit !== undefined && { [traits.limitField]: limit }), tools, messages }
}

/** Servers disagree about where cached tokens stand; the forms of DeepSeek, Moonshot and OpenRouter are read too. */
function chatUsage(usage: LanguageModelV4Usage): ModelUsage {
  const known = toUsage(usage)
  const raw = usage.raw
  const cached = known.cachedInput || count(raw?.['prompt_cache_hit_tokens']) || count(raw?.['cached_tokens'])
  const details = raw?.['prompt_tokens_details']
  const written =
    typeof details === 'object' && details !== null && 'cache_write_tokens' in details
      ? count(details.cache_write_tokens)
      : 0
  return { ...known, cachedInput: cached, cacheWrite: known.cacheWrite || written }
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
