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
  const add = (word: string) => {
    const known = cache?.get(word)
    if (known !== undefined) {
      terms.push(known)
      return
    }
    const own = wordTerms(word)
    terms.push(own)
    if (cache && cache.size < MAX_CACHE) cache.set(word, own)
  }
  // A scan by hand: most text is ASCII, and a pattern for all letters of the world is several times slower.
  let start = -1
  let join = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 127) {
      for (const [word] of text.slice(start < 0 ? at : start).matchAll(WORD)) add(word)
      return terms.join(' ')
    }
    if (isWordCode(code)) {
      if (start < 0) start = at
      join = false
    } else if (start >= 0) {
      const joins = !join && (code === 45 || code === 46 || code === 39)
      if (joins) join = true
      else {
        add(text.slice(start, join ? at - 1 : at))
        start = -1
        join = false
      }
    }
  }
  if (start >= 0) add(text.slice(start, join ? text.length - 1 : text.length))
  return terms.join(' ')
}

const WORD = /[\p{L}\p{N}_]+(?:[-.'’][\p{L}\p{N}_]+)*/gu

function isWordCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
  )
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
