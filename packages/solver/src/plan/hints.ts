import type { Family } from '../operators/family.ts'
import type { LocalizedFailure } from './parse-localization.ts'

/** What the failures say about the kind of fault. */
export interface Hints {
  kinds: ReadonlySet<string>
  /** Factor on the prior of a family; 1 where nothing points at it. */
  weights: ReadonlyMap<Family, number>
  /** Expected values as source text. */
  expected: readonly string[]
  numbers: readonly number[]
  strings: readonly string[]
  /** Property names used in the failing tests. */
  words: readonly string[]
  /** Keys that an expected object has and the actual one has not. */
  missingKeys: readonly string[]
  /** `file:line` of places where an error was thrown, outside tests. */
  throwLines: ReadonlySet<string>
  /** Plain words of patterns that errors were expected to match. */
  patterns: readonly string[]
  text: string
}

/** What each kind of symptom makes more probable. */
const symptoms: Record<string, Partial<Record<Family, number>>> = {
  diffOne: { boundary: 1.8, compare: 1.5, constant: 1.3 },
  undefined: { return: 2.2, property: 1.5, name: 1.2, object: 1.4, guard: 1.2 },
  nan: { guard: 1.4, coerce: 1.8, name: 1.3, property: 1.4, constant: 1.2 },
  promise: { async: 5 },
  order: { order: 2.5, compare: 1.4, method: 1.3, alias: 1.2, arith: 1.2, object: 1.3 },
  boolean: { condition: 1.5, logic: 1.6, compare: 1.4, string: 1.2 },
  throws: { condition: 1.4, compare: 1.4, throw: 2, async: 1.4, logic: 1.3 },
  alias: { alias: 4, state: 1.3 },
  decimal: { round: 2.5, arith: 1.2 },
  case: { method: 2.5, string: 1.4 },
  trim: { method: 2.5, string: 1.3 },
  sign: { arith: 1.8, order: 1.5, constant: 1.2 },
  ratio: { constant: 1.8, arith: 1.4 },
  nullRead: { guard: 2.5, boundary: 1.3, name: 1.3, property: 1.3, async: 1.3, return: 1.3 },
  notFunction: { property: 2, async: 1.5, method: 1.5, name: 1.5, coerce: 1.2 },
  notDefined: { name: 3, property: 3 },
  timeout: { statement: 1.5, boundary: 1.4, async: 1.5, arith: 1.3 },
  state: { state: 2.5, alias: 1.4, statement: 1.2 },
  edge: { boundary: 1.3, compare: 1.5 },
  empty: { guard: 1.6, condition: 1.2 },
  concatenated: { coerce: 4 },
}

/** Words in the names of tests that tell what they are about. */
const themes: readonly [string, RegExp][] = [
  [
    'alias',
    /mutat|immutab|original|\bcop(?:y|ies)|clone|snapshot|shar(?:e|ing)|unchanged|untouched|intact|aliasing|defensive|leak/i,
  ],
  ['order', /\border|sort|ascend|descend|priorit|newest|oldest|rank|alphabet/i],
  ['empty', /\bempty|missing|\bnull\b|undefined|absent|\bno |without|unknown|default/i],
  ['promise', /await|async|concurren|parallel|promise|sequential|settle/i],
  [
    'edge',
    /\blast\b|\bfirst\b|boundar|inclusive|exclusive|\bedge|exact|limit|at most|at least|\bupper|\blower|threshold|\bfull\b|capacity|expire/i,
  ],
  ['case', /\bcase\b|lowercase|uppercase|insensitive/i],
  ['trim', /\btrim|whitespace|\bspaces?\b|padd/i],
  ['sign', /negative|\bsign|\bminus|subtract/i],
  ['decimal', /round|decimal|precision|cents/i],
  [
    'state',
    /independent|reset|twice|again|each call|repeated|second (?:call|time|run)|between calls|reuse|fresh|stale|clear/i,
  ],
  ['throws', /throw|reject|invalid|refuse|forbid|disallow/i],
]

function literalsOf(text: string): { numbers: number[]; strings: string[] } {
  const plain = text.replace(/\b(?:ms|line|at) ?[\d.:]+/g, '')
  const strings = [...plain.matchAll(/'([^'\n]{0,80})'|"([^"\n]{0,80})"/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  const numbers = [
    ...plain.replace(/'[^'\n]*'|"[^"\n]*"/g, '').matchAll(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w])/g),
  ].map((match) => Number(match[0]))
  return { numbers, strings }
}

/** Pairs of actual and expected values, as printed by the assertions of Node, vitest and jest. */
function comparedValues(message: string): { actual: string; expected: string }[] {
  const pairs: { actual: string; expected: string }[] = []
  const node = /^(.+?) !==? (.+)$/m.exec(message)
  if (node !== null) pairs.push({ actual: node[1] ?? '', expected: node[2] ?? '' })
  const actual = /^(?:actual|\s*Received):\s*(.+)$/m.exec(message)
  const expected = /^(?:expected|\s*Expected):\s*(.+)$/m.exec(message)
  if (actual !== null && expected !== null)
    pairs.push({ actual: actual[1] ?? '', expected: expected[1] ?? '' })
  const chai =
    /expected (.+?) to (?:be|equal|deeply equal|strictly equal|loosely equal)\b(?: to)? (.+?)(?: \/\/|$)/m.exec(
      message,
    )
  if (chai !== null) pairs.push({ actual: chai[1] ?? '', expected: chai[2] ?? '' })
  // In Node's differences `+` is the actual side; vitest and jest have it the other way round and say so.
  const swapped = /^- Expected/m.test(message)
  const plus = [...message.matchAll(/^\+ {1,}(?!actual|Received)(.*)$/gm)].map((match) =>
    (match[1] ?? '').trim().replace(/,$/, ''),
  )
  const minus = [...message.matchAll(/^- {1,}(?!expected|Expected)(.*)$/gm)].map((match) =>
    (match[1] ?? '').trim().replace(/,$/, ''),
  )
  const [left, right] = swapped ? [plus, minus] : [plus, minus]
  for (let index = 0; index < Math.max(left.length, right.length) && index < 4; index++)
    pairs.push({ actual: left[index] ?? '', expected: right[index] ?? '' })
  return pairs
}

function stripKey(text: string): string {
  return text.replace(/^(?:[\w$]+|'[^']*'|"[^"]*"): /, '')
}

function unquote(text: string): string | null {
  return /^'(.*)'$/s.exec(text)?.[1] ?? /^"(.*)"$/s.exec(text)?.[1] ?? null
}

function compareValues(actualText: string, expectedText: string, kinds: Set<string>): void {
  const [actual, expected] = [stripKey(actualText), stripKey(expectedText)]
  if (actual === 'undefined') kinds.add('undefined')
  if (actual === 'NaN') kinds.add('nan')
  if (/Promise/.test(actual)) kinds.add('promise')
  if (/^(?:true|false)$/.test(expected)) kinds.add('boolean')
  const [a, e] = [Number(actual), Number(expected)]
  if (actual !== '' && expected !== '' && Number.isFinite(a) && Number.isFinite(e)) {
    kinds.add('number')
    if (Math.abs(a - e) === 1) kinds.add('diffOne')
    if (a === -e && a !== 0) kinds.add('sign')
    const ratio = e === 0 ? 0 : Math.abs(a / e)
    if (ratio !== 0 && (ratio >= 9.9 || ratio <= 0.101)) kinds.add('ratio')
    if (!Number.isInteger(a) && Math.abs(a - e) < 1) kinds.add('decimal')
  }
  const [s, t] = [unquote(actual), unquote(expected)]
  if (s !== null || t !== null) kinds.add('text')
  if (s !== null && Number.isFinite(e) && expected !== '') kinds.add('concatenated')
  if (s === null || t === null) return
  if (s.toLowerCase() === t.toLowerCase()) kinds.add('case')
  if (s.replace(/\s+/g, '') === t.replace(/\s+/g, '')) kinds.add('trim')
  if (s.length === t.length && [...s].sort().join('') === [...t].sort().join('')) kinds.add('order')
  if (Math.abs(s.length - t.length) === 1) kinds.add('diffOne')
}

/** Gathers everything that the failing tests and their messages tell. */
export function readHints(failures: readonly LocalizedFailure[]): Hints {
  const kinds = new Set<string>()
  const expected: string[] = []
  const missingKeys: string[] = []
  const throwLines = new Set<string>()
  const numbers: number[] = []
  const strings: string[] = []
  for (const { id, at, message, source } of failures) {
    for (const [kind, pattern] of themes)
      if (pattern.test(id.replace(/^\S+ > /, ''))) kinds.add(kind === 'promise' ? 'asyncName' : kind)
    const pairs = comparedValues(message)
    for (const pair of pairs) {
      compareValues(pair.actual, pair.expected, kinds)
      const value = stripKey(pair.expected)
      if (value !== '' && value.length < 80)
        expected.push(unquote(value) === null ? value : `'${unquote(value) ?? ''}'`)
      const key = /^([\w$]+): /.exec(pair.expected)?.[1]
      if (key !== undefined && !pairs.some((other) => other.actual.startsWith(`${key}: `)))
        missingKeys.push(key)
    }
    const sides = [
      pairs
        .map((pair) => pair.actual)
        .filter(Boolean)
        .sort(),
      pairs
        .map((pair) => pair.expected)
        .filter(Boolean)
        .sort(),
    ]
    if (pairs.length > 1 && sides[0]?.join('\n') === sides[1]?.join('\n')) kinds.add('order')
    if (/Cannot (?:read|set) propert|is not iterable|Cannot destructure|of (?:undefined|null)/.test(message))
      kinds.add('nullRead')
    if (/is not a function/.test(message)) kinds.add('notFunction')
    if (/is not defined/.test(message)) kinds.add('notDefined')
    if (/Assignment to constant/.test(message)) kinds.add('constAssign')
    if (/Missing expected|did not throw|to throw/i.test(message)) kinds.add('throws')
    if (/Promise|did not end in time|still pending/i.test(message)) kinds.add('promise')
    if (/in time|timed? ?out|call stack|Invalid array length|memory/i.test(message)) kinds.add('timeout')
    if (at !== null && !/assert/i.test(message.split('\n')[0] ?? '')) throwLines.add(at)
    const found = literalsOf(`${message}\n${source.join('\n')}`)
    numbers.push(...found.numbers)
    strings.push(...found.strings)
  }
  const text = failures.map(({ message, source }) => `${message}\n${source.join('\n')}`).join('\n')
  const words = [
    ...new Set(
      [...text.matchAll(/\.([A-Za-z_$][\w$]*)|\b([A-Za-z_$][\w$]*):/g)].map(
        (match) => match[1] ?? match[2] ?? '',
      ),
    ),
  ]
  const patterns = [...text.matchAll(/\/([\w -]{3,40})\/[gimsuy]*/g)].map((match) => match[1] ?? '')
  const weights = weigh(kinds)
  if (kinds.has('asyncName')) weights.set('async', Math.max(weights.get('async') ?? 1, 1.8))
  if (kinds.has('number') || kinds.size === 0) kinds.add('number')
  return {
    kinds,
    weights,
    expected: [...new Set(expected)],
    numbers: [...new Set(numbers)],
    strings: [...new Set(strings)],
    words,
    missingKeys: [...new Set(missingKeys)],
    throwLines,
    patterns,
    text,
  }
}

function weigh(kinds: ReadonlySet<string>): Map<Family, number> {
  const weights = new Map<Family, number>()
  for (const kind of kinds)
    for (const [family, factor] of Object.entries(symptoms[kind] ?? {})) {
      // The keys of the table are families by its type.
      const name = family as Family
      weights.set(name, Math.max(weights.get(name) ?? 1, factor))
    }
  return weights
}
