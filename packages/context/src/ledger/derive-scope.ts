import type { Entry } from './entry.ts'
import { slug } from './words.ts'

const PATH =
  /(?:(?<![\w:/])(?:\.{0,2}\/)?(?:[\w@.*-]+\/)+[\w@.*-]*|(?<![\w/.])[\w*-]+\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|c|h|cpp|hpp|swift|sql|sh|md|json|ya?ml|toml|lock|txt|html|css|scss|vue|svelte|proto|graphql|env|ini|cfg|xml|csv)\b)/g
const NAMED =
  /\b(?:folder|directory|dir|file|package|module|submodule)s?\s+(?:called\s+|named\s+)?[`"']?([\w@.*-]*[\w@*-])[`"']?/gi
const NAMED_BEFORE =
  /[`"']?(?<![\w/.-])([\w@*-]*[\d_@*-][\w@.*-]*)[`"']?\s+(?:folder|directory|dir|file|package|module)\b/gi
const UNTIL =
  /\b(?:until|till|as long as|while)\s+((?:the\s+|we\s+|i\s+)?(?:(?!\s(?:use|do not|don't|never|always|keep|must|please|make|only)\b)[^.,;:()\n]){2,60})|\b(for (?:this|the current) (?:task|change|pr|pull request|session|commit|fix|request|refactoring|refactor|migration)|for now|for the time being|for the moment|today|this (?:week|sprint|time))\b/i
const NOT_NAMES = new Set([
  'is',
  'in',
  'of',
  'to',
  'that',
  'and',
  'or',
  'for',
  'with',
  'must',
  'should',
  'from',
  'at',
  'on',
  'as',
  'it',
  'the',
  'a',
  'an',
  'by',
  'are',
  'name',
  'names',
  'manager',
  'path',
  'system',
  'format',
  'size',
  'structure',
  'upload',
  'uploads',
  'level',
  'descriptor',
  'handle',
  'handles',
  'which',
  'you',
  'we',
  'has',
  'have',
  'was',
  'be',
  'when',
  'if',
  'not',
  'may',
  'can',
  'needs',
  'stays',
  'called',
  'named',
])

/** Paths a statement mentions, as written, without `./` and trailing slash. */
export function mentionedPaths(text: string): string[] {
  const found = new Set<string>()
  const bare = text.replace(/\bhttps?:\/\/\S+/g, ' ')
  for (const match of bare.matchAll(PATH)) add(match[0])
  for (const match of bare.matchAll(NAMED))
    if (!NOT_NAMES.has((match[1] ?? '').toLowerCase())) add(match[1] ?? '')
  for (const match of bare.matchAll(NAMED_BEFORE)) add(match[1] ?? '')
  return [...found]

  function add(path: string): void {
    const clean = path.replace(/^\.\//, '').replace(/[/.]+$/, '')
    const words =
      /^(?:and\/or|he\/she|i\/o|n\/a|w\/o|\d+\/\d+|yes\/no|true\/false|read\/write|client\/server|input\/output|on\/off)$/i
    if (clean.length > 1 && !words.test(clean)) found.add(clean)
  }
}

/** Where and how long a statement holds, as far as it says so. */
export function deriveScope(text: string): Entry['scope'] {
  const paths = mentionedPaths(text)
  const until = UNTIL.exec(text)
  const end = until?.[1] ?? until?.[2]
  const scope: Entry['scope'] = {}
  if (paths.length > 0) scope.paths = paths
  if (end !== undefined && !/^(?:ago|then)\b/i.test(end)) scope.until = end.trim()
  return scope
}

/** Equal for scopes that cover the same place and time. */
export function scopeKey(scope: Entry['scope']): string {
  return `${[...(scope.paths ?? [])]
    .map((path) => path.toLowerCase())
    .sort()
    .join(' ')}|${slug(scope.until ?? '')}`
}
