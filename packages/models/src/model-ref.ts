import type { Wire } from './codec/codec.ts'
import { ModelError } from './model-error.ts'
import { PROVIDERS } from './providers.ts'

/** Names a model and how to reach it. */
export interface ModelRef {
  provider: string
  id: string
  /** Default: the provider's own address. */
  baseUrl?: string
  /** Default: the provider's own dialect; Chat Completions for `openai-compatible`. */
  wire?: Wire
  /** Default: the provider's usual environment variable. */
  apiKey?: string
  /** Tokens; overrides the catalogue. */
  window?: number
  headers?: { [name: string]: string }
}

/**
 * Reads `provider/id`; the id may hold further slashes (`openrouter/anthropic/claude-sonnet-5`). Throws `bad-ref` where
 * the provider is unknown or a part is missing.
 */
export function parseModelRef(text: string): { provider: string; id: string } {
  const slash = text.indexOf('/')
  const provider = text.slice(0, Math.max(0, slash))
  const id = text.slice(slash + 1)
  if (slash < 1 || id === '' || !Object.hasOwn(PROVIDERS, provider)) {
    throw new ModelError('bad-ref', `"${text}" is not a model reference`, {
      hint: `write provider/model, with one of these providers: ${Object.keys(PROVIDERS).join(', ')}`,
    })
  }
  return { provider, id }
}
