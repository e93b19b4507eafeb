import type { ModelEvent, ModelRequest } from '../model.ts'

/** Which dialect of HTTP is spoken. */
export type Wire = 'responses' | 'chat' | 'messages' | 'gemini'

/** What a codec is made from. `fetch` is the observed one: it carries the facts that retries are decided on. */
export interface CodecSettings {
  provider: string
  model: string
  baseUrl: string
  apiKey: string | undefined
  headers: { [name: string]: string }
  fetch: typeof globalThis.fetch
  /** Whether the model thinks: reasoning options are sent to those only. */
  reasoning: boolean
  maxOutput: number
}

/** One attempt at one request: no retries; throws whatever the provider package or `fetch` threw. */
export type Codec = (request: ModelRequest, signal: AbortSignal) => AsyncIterable<ModelEvent>

/** What keyless servers get where a provider package insists on a key. */
export const PLACEHOLDER_KEY = 'none'
