import { createGoogle } from '@ai-sdk/google'
import { type Codec, type CodecSettings, PLACEHOLDER_KEY } from './codec.ts'
import { freeformNames, functionInput, type PromptDialect, toPrompt } from './prompt.ts'
import { toEvents, unwrapFreeform } from './stream-events.ts'
import { toFunctionTool } from './tools.ts'

/** Google's generateContent API. */
export function createGeminiCodec(settings: CodecSettings): Codec {
  const model = createGoogle({
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
    // Before Gemini 3 a function response holds text only.
    imagesInResults: /gemini-(?:[3-9]|\d\d)/.test(settings.model),
    failed: (value) => ({ type: 'error-text', value }),
    plainReasoning: false,
  }
  return async function* (request, signal) {
    const { stream } = await model.doStream({
      prompt: toPrompt(request, prompt),
      tools: request.tools.map(toFunctionTool),
      abortSignal: signal,
      // The model that served is told in the raw chunks only.
      includeRawChunks: true,
      ...(request.maxOutput !== undefined && { maxOutputTokens: request.maxOutput }),
      ...(request.effort !== undefined && settings.reasoning && { reasoning: request.effort }),
      ...(settings.reasoning && {
        providerOptions: { google: { thinkingConfig: { includeThoughts: true } } },
      }),
    })
    yield* toEvents(stream, {
      provider: settings.provider,
      model: settings.model,
      freeform: freeformNames(request.tools),
      freeformText: unwrapFreeform,
      plainReasoning: false,
      keep: (meta) => {
        const signature = meta?.['google']?.['thoughtSignature']
        return signature === undefined ? undefined : { google: { thoughtSignature: signature } }
      },
      servedIn: (chunk) => {
        const named = typeof chunk === 'object' && chunk !== null && 'modelVersion' in chunk
        return named && typeof chunk.modelVersion === 'string' ? chunk.modelVersion : undefined
      },
    })
  }
}
