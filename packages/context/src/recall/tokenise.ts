const STOP = new Set(
  'a an the and or of to in on at by for from with is are was were be it this that as not do does did has have had we you they he she i what which who how why when where there here its our your my me us so but if then than into out up can could should would will must may about any all no yes please tell show find give need did get use used using'.split(
    ' ',
  ),
)

/**
 * Terms of a text for the index: words, the parts of camelCase, snake_case, kebab-case and paths, and their stems.
 * The same function reads queries, so both sides always agree.
 */
export function indexTerms(text: string, cache?: Map<string, string>): string {
  const terms: string[] = []
  for (const [word] of text.matchAll(/[\p{L}\p{N}_]+(?:[-.'’][\p{L}\p{N}_]+)*/gu)) {
    const known = cache?.get(word)
    if (known !== undefined) {
      terms.push(known)
      continue
    }
    const own = wordTerms(word)
    terms.push(own)
    if (cache && cache.size < MAX_CACHE) cache.set(word, own)
  }
  return terms.join(' ')
}

/** Words remembered while an index is built: most words of a session come again. */
const MAX_CACHE = 50_000

/** Terms of a query without stop words; all words where nothing else is left. Without duplicates, at most 32. */
export function queryTerms(text: string): string[] {
  const all = [...new Set(indexTerms(text).split(' ').filter(Boolean))]
  const telling = all.filter((term) => !STOP.has(term))
  return (telling.length > 0 ? telling : all).slice(0, 32)
}

function wordTerms(word: string): string {
  if (word.length > 120) return ''
  if (/^[a-z]+$/.test(word)) return stemTerm(word)
  const terms: string[] = []
  const parts = word
    .split(/[-_.'’]+/)
    .flatMap((part) =>
      part
        .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
        .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
        .split(' '),
    )
    .filter(Boolean)
  for (const part of parts) terms.push(stemTerm(part.toLowerCase()))
  // The whole name too, as one term: an exact name outranks its parts.
  if (parts.length > 1) terms.push(parts.join('').toLowerCase())
  return terms.join(' ')
}

/** Endings off, so that `migrations`, `migrated` and `migrating` meet. Names with digits stay as they are. */
export function stemTerm(word: string): string {
  if (word.length < 4 || /[^a-z]/.test(word)) return word
  const base = word
    .replace(/(?:ies)$/, 'y')
    .replace(/(?:sses)$/, 'ss')
    .replace(/([^s])s$/, '$1')
    .replace(/(?:ational|ation|ations|ating|ated|ator)$/, 'ate')
    .replace(/(?<=[a-z]{3})(?:ing|ed|er|ly|ment|ness|ity|ion)$/, '')
    .replace(/(?<=[a-z]{3})e$/, '')
  return base.replace(/([b-df-hj-np-tv-z])\1$/, '$1')
}
