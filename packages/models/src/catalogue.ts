import builtin from './catalogue.json' with { type: 'json' }
import type { ModelInfo } from './model.ts'

/** Facts by `provider/id`; anything left out comes from the built-in entry, or from the fallback. */
export type Catalogue = { readonly [reference: string]: Partial<Omit<ModelInfo, 'provider' | 'id'>> }

// A JSON import widens `editTool` to string; the catalogue's test checks every entry.
const BUILTIN = builtin as Catalogue

/**
 * The facts about a model: the user's entry over the built-in one over a cautious fallback (window 128,000, 16,384
 * tokens of output, no prices). Dated and tagged ids (`-2026-05-01`, `:latest`, `-latest`) find their family, and ids of
 * the form `maker/model` (OpenRouter and other resellers) the maker's entry without its prices.
 */
export function findModel(
  provider: string,
  id: string,
  overrides: Catalogue = {},
  window?: number,
): ModelInfo {
  const found = { ...lookUp(BUILTIN, provider, id), ...lookUp(overrides, provider, id) }
  const facts = { ...FALLBACK, ...found, ...(window !== undefined && { window }) }
  return { provider, id, name: id, ...facts, maxOutput: Math.min(facts.maxOutput, facts.window) }
}

const FALLBACK = {
  window: 128_000,
  maxOutput: 16_384,
  prices: null,
  images: false,
  reasoning: false,
  editTool: 'edit',
  cacheTtl: null,
} as const

const TAG = /(?:[-@]\d{4}-?\d{2}-?\d{2}|-latest|:[\w.-]+|-preview(?:-\d{2}-\d{2,4})?|-\d{4})$/

function lookUp(catalogue: Catalogue, provider: string, id: string): Catalogue[string] {
  for (let name = id, tagged = true; tagged;) {
    const own = catalogue[`${provider}/${name}`]
    if (own) return own
    const family = name.replace(TAG, '')
    tagged = family !== name
    name = family
  }
  const slash = id.indexOf('/')
  // The entry `provider/*` holds what is true of nearly every model of a provider.
  if (slash < 1) return catalogue[`${provider}/*`] ?? {}
  const maker = MAKERS[id.slice(0, slash)] ?? id.slice(0, slash)
  const { prices: _, ...rest } = lookUp(catalogue, maker, id.slice(slash + 1))
  return rest
}

const MAKERS: { readonly [name: string]: string } = {
  mistralai: 'mistral',
  'x-ai': 'xai',
  moonshotai: 'moonshot',
  'z-ai': 'zai',
  'meta-llama': 'meta',
}
