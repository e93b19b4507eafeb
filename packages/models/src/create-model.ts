import { setTimeout as delay } from 'node:timers/promises'
import { type Catalogue, findModel } from './catalogue.ts'
import type { Codec, CodecSettings, Wire } from './codec/codec.ts'
import { ObservedFetch } from './fault/observed-fetch.ts'
import { type RetryDeps, withRetries } from './fault/retry.ts'
import { ModelError } from './model-error.ts'
import type { ModelRef } from './model-ref.ts'
import type { Model } from './model.ts'
import { type Provider, PROVIDERS } from './providers.ts'

/** What a model needs from outside. All but `env` have defaults of the real world. */
export interface ModelDeps extends Partial<RetryDeps> {
  env: { readonly [name: string]: string | undefined }
  fetch?: typeof globalThis.fetch
  /** Overrides of the built-in catalogue, by `provider/id`. */
  catalogue?: Catalogue
  /** Milliseconds without a byte after which a stream counts as cut. Default 120 000; 290 000 for local servers. */
  idleMs?: number
}

const IDLE_MS = 120_000
/** A local server reads a long prompt without a word; `fetch` itself gives up after 300 s. */
const LOCAL_IDLE_MS = 290_000

/**
 * Makes a model: finds its key, its address and its facts, and loads the one provider package it needs. Throws
 * `ModelError` `bad-ref` (unknown provider, no base URL) or `no-key`.
 */
export async function createModel(ref: ModelRef, deps: ModelDeps): Promise<Model> {
  const provider = Object.hasOwn(PROVIDERS, ref.provider) ? PROVIDERS[ref.provider] : undefined
  if (!provider) {
    throw new ModelError('bad-ref', `unknown provider "${ref.provider}"`, {
      hint: `use one of ${Object.keys(PROVIDERS).join(', ')}; for any other server "openai-compatible" with a base URL`,
    })
  }
  const baseUrl = (ref.baseUrl ?? provider.baseUrl)?.replace(/\/+$/, '')
  if (baseUrl === undefined || !URL.canParse(baseUrl)) {
    throw new ModelError('bad-ref', `"${ref.provider}" needs the address of the server`, {
      hint: 'give a base URL such as http://127.0.0.1:8080/v1',
    })
  }
  const info = findModel(ref.provider, ref.id, deps.catalogue, ref.window)
  const observed = new ObservedFetch(
    deps.fetch ?? globalThis.fetch,
    deps.idleMs ?? (provider.keyless ? LOCAL_IDLE_MS : IDLE_MS),
  )
  const settings: CodecSettings = {
    provider: ref.provider,
    model: ref.id,
    baseUrl,
    apiKey: findKey(ref, provider, deps.env),
    headers: ref.headers ?? {},
    fetch: observed.fetch,
    reasoning: info.reasoning,
    maxOutput: info.maxOutput,
  }
  const wire = ref.wire ?? provider.wire
  const codec = await loadCodec(wire, settings, provider)
  const stream = withRetries(codec, observed, {
    sleep: deps.sleep ?? ((ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined)),
    random: deps.random ?? Math.random,
    now: deps.now ?? Date.now,
  })
  return { info, wire, compacts: wire === 'responses' || wire === 'messages', stream }
}

function findKey(ref: ModelRef, provider: Provider, env: ModelDeps['env']): string | undefined {
  const key =
    ref.apiKey ?? provider.keys.map((name) => env[name]).find((value) => value !== undefined && value !== '')
  // An own base URL is a server of the user's choice: whether it wants a key is its own business.
  if (key !== undefined || provider.keyless || ref.baseUrl !== undefined) return key
  throw new ModelError('no-key', `no API key for ${ref.provider}`, {
    hint: `set ${provider.keys.slice(0, 2).join(' or ')} in the environment`,
  })
}

async function loadCodec(wire: Wire, settings: CodecSettings, provider: Provider): Promise<Codec> {
  if (wire === 'responses') return (await import('./codec/responses.ts')).createResponsesCodec(settings)
  if (wire === 'messages') return (await import('./codec/messages.ts')).createMessagesCodec(settings)
  if (wire === 'gemini') return (await import('./codec/gemini.ts')).createGeminiCodec(settings)
  return (await import('./codec/chat.ts')).createChatCodec(settings, provider.chat)
}
