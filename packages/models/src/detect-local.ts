import { PROVIDERS } from './providers.ts'

/** A model server that answers on this machine. */
export interface LocalServer {
  provider: 'ollama' | 'lmstudio' | 'llamacpp' | 'vllm'
  baseUrl: string
  /** Model ids in the server's order. */
  models: string[]
}

const LOCAL = ['ollama', 'lmstudio', 'llamacpp', 'vllm'] as const
const PROBE_MS = 300

/**
 * Asks the usual loopback ports, all at once, who is there; takes at most 300 ms. Nothing found is an empty list.
 * `baseUrls` replaces the usual addresses.
 */
export async function detectLocal(
  fetch: typeof globalThis.fetch,
  baseUrls: { readonly [provider in LocalServer['provider']]?: string } = {},
): Promise<LocalServer[]> {
  const signal = AbortSignal.timeout(PROBE_MS)
  const probes = LOCAL.map(async (provider): Promise<LocalServer | null> => {
    const baseUrl = baseUrls[provider] ?? PROVIDERS[provider]?.baseUrl
    if (!baseUrl) return null
    try {
      const response = await fetch(`${baseUrl}/models`, { signal })
      const models = response.ok ? readModels(await response.json()) : null
      return models && { provider, baseUrl, models }
    } catch {
      // Nobody there, too slow, or something else than a model server: all the same to the caller.
      return null
    }
  })
  return (await Promise.all(probes)).filter((server) => server !== null)
}

/** The ids of a model list, or null where the answer is none (any web server may sit on port 8080). */
function readModels(body: unknown): string[] | null {
  if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data)) return null
  return body.data.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'string'
      ? [entry.id]
      : [],
  )
}
