/** A set of characters below 128, and whether other letters (128) and other signs (129) are in it. */
type Chars = Uint8Array

interface Node {
  kind: 'chars' | 'sequence' | 'choice' | 'repeat' | 'empty'
  chars?: Chars
  inner: Node[]
  min?: number
  max?: number
}

const size = 130
const none = (): Chars => new Uint8Array(size)
const negate = (chars: Chars): Chars => chars.map((one) => 1 - one)
const isLetter = (code: number): boolean =>
  /^[\p{L}\p{N}\p{M}]$/u.test(String.fromCodePoint(Math.min(code, 0x10ffff)))
const range = (from: number, to: number, into: Chars): Chars => {
  for (let code = from; code <= Math.min(to, 127); code++) into[code] = 1
  if (to > 127) into[isLetter(Math.max(from, 128)) ? 128 : 129] = 1
  if (to - from > 64 && to > 127) into.fill(1, 128)
  return into
}
const classes: Record<string, () => Chars> = {
  d: () => range(48, 57, none()),
  w: () => range(95, 95, range(97, 122, range(65, 90, range(48, 57, none())))),
  s: () => range(32, 32, range(9, 13, none())),
}
const classOf = (letter: string): Chars | null => {
  const made = classes[letter.toLowerCase()]?.()
  if (made === undefined) return null
  return letter === letter.toLowerCase() ? made : negate(made)
}

const escaped: Record<string, number> = { n: 10, r: 13, t: 9, f: 12, v: 11, '0': 0 }

/** Reads a pattern into a tree; look-around and back references become empty. Throws on what it does not know. */
function parse(pattern: string): Node {
  let at = 0
  const empty: Node = { kind: 'empty', inner: [] }
  const chars = (set: Chars): Node => ({ kind: 'chars', chars: set, inner: [] })
  const escape = (): Chars | null => {
    const letter = pattern[at++] ?? ''
    const set = classOf(letter)
    if (set !== null) return set
    if (letter === 'x' || letter === 'u') {
      const hex = /^(?:\{[0-9a-f]+\}|[0-9a-f]{2,4})/i.exec(pattern.slice(at))?.[0] ?? ''
      at += hex.length
      const code = Number.parseInt(hex.replace(/[{}]/g, ''), 16)
      return range(code, code, none())
    }
    if (letter === 'p' || letter === 'P') {
      const property = /^\{[^}]*\}/.exec(pattern.slice(at))?.[0] ?? ''
      at += property.length
      const set = none()
      if (/L|Alpha|Script/.test(property)) range(65, 90, range(97, 122, set))[128] = 1
      if (/N/.test(property)) range(48, 57, set)[128] = 1
      if (!/L|N|Alpha|Script/.test(property)) set[129] = 1
      return letter === 'p' ? set : negate(set)
    }
    if (/[AZz]/.test(letter)) return none()
    // What a group has matched may be anything.
    if (/[1-9k]/.test(letter)) return negate(none())
    if (/[bB]/.test(letter)) return null
    const code = escaped[letter] ?? letter.charCodeAt(0)
    return range(code, code, none())
  }
  const bracket = (): Node => {
    let set = none()
    const negative = pattern[at] === '^'
    if (negative) at++
    while (at < pattern.length && pattern[at] !== ']') {
      let from = pattern.charCodeAt(at++)
      if (from === 92) {
        const inner = escape() ?? none()
        const single = inner.reduce((sum, one) => sum + one, 0) === 1
        for (let code = 0; code < size; code++) if (inner[code] === 1) set[code] = 1
        if (!single) continue
        from = inner.indexOf(1)
      }
      if (pattern[at] === '-' && pattern[at + 1] !== ']' && at + 1 < pattern.length) {
        at++
        let to = pattern.charCodeAt(at++)
        if (to === 92) to = (escape() ?? none()).lastIndexOf(1)
        range(from, to, set)
      } else range(from, from, set)
    }
    at++
    if (negative) set = negate(set)
    return chars(set)
  }
  const atom = (): Node => {
    const letter = pattern[at++] ?? ''
    if (letter === '.') return chars(negate(range(10, 10, none())))
    if (letter === '[') return bracket()
    // No round of a loop goes over the beginning or the end of the text.
    if (letter === '^' || letter === '$') return chars(none())
    if (letter === '\\') {
      const set = escape()
      return set === null ? empty : chars(set)
    }
    if (letter === '(') {
      const prefix = /^\?(?::|<?[=!]|<[^>]*>|P<[^>]*>|[a-z]+:)/.exec(pattern.slice(at))?.[0] ?? ''
      at += prefix.length
      const inner = choice()
      if (pattern[at] === ')') at++
      return /^\?<?[=!]/.test(prefix) ? empty : inner
    }
    const code = letter.charCodeAt(0)
    return chars(range(code, code, none()))
  }
  const repeat = (): Node => {
    let node = atom()
    for (;;) {
      const quantifier = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})/.exec(pattern.slice(at))
      if (quantifier === null) return node
      at += quantifier[0].length
      if (pattern[at] === '?') at++
      const sign = quantifier[0][0]
      const min = sign === '+' ? 1 : sign === '{' ? Number(quantifier[1]) : 0
      const max =
        sign === '?'
          ? 1
          : sign === '{'
            ? quantifier[2] === undefined
              ? min
              : quantifier[3] === ''
                ? Infinity
                : Number(quantifier[3])
            : Infinity
      node = { kind: 'repeat', inner: [node], min, max }
    }
  }
  const sequence = (): Node => {
    const inner: Node[] = []
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') inner.push(repeat())
    return { kind: 'sequence', inner }
  }
  const choice = (): Node => {
    const inner = [sequence()]
    while (pattern[at] === '|') {
      at++
      inner.push(sequence())
    }
    return inner.length === 1 ? (inner[0] ?? empty) : { kind: 'choice', inner }
  }
  return choice()
}

interface Automaton {
  sets: Chars[]
  /** From a position to the next ones, with the number of ways. */
  follow: Map<number, number>[]
}

interface Part {
  first: Map<number, number>
  last: Map<number, number>
  nullable: boolean
}

const add = (into: Map<number, number>, from: ReadonlyMap<number, number>): void => {
  for (const [position, ways] of from) into.set(position, Math.min(2, (into.get(position) ?? 0) + ways))
}

/** The position automaton of Glushkov, with ways counted: two ways between the same positions are an ambiguity too. */
function build(node: Node, automaton: Automaton): Part {
  const link = (from: ReadonlyMap<number, number>, to: ReadonlyMap<number, number>): void => {
    for (const position of from.keys()) add(automaton.follow[position] ?? new Map(), to)
  }
  switch (node.kind) {
    case 'empty':
      return { first: new Map(), last: new Map(), nullable: true }
    case 'chars': {
      const position = automaton.sets.length
      automaton.sets.push(node.chars ?? none())
      automaton.follow.push(new Map())
      return { first: new Map([[position, 1]]), last: new Map([[position, 1]]), nullable: false }
    }
    case 'choice': {
      const part: Part = { first: new Map(), last: new Map(), nullable: false }
      for (const inner of node.inner) {
        const one = build(inner, automaton)
        add(part.first, one.first)
        add(part.last, one.last)
        part.nullable ||= one.nullable
      }
      return part
    }
    case 'sequence': {
      let part: Part = { first: new Map(), last: new Map(), nullable: true }
      for (const inner of node.inner) {
        const one = build(inner, automaton)
        link(part.last, one.first)
        const first = new Map(part.first)
        if (part.nullable) add(first, one.first)
        const last = new Map(one.last)
        if (one.nullable) add(last, part.last)
        part = { first, last, nullable: part.nullable && one.nullable }
      }
      return part
    }
    case 'repeat': {
      const [inner] = node.inner
      const { min = 0, max = Infinity } = node
      if (inner === undefined || max === 0) return { first: new Map(), last: new Map(), nullable: true }
      const one = build(inner, automaton)
      // A few repetitions cannot blow up; many are as good as endless.
      if (max > 12) link(one.last, one.first)
      return { ...one, nullable: one.nullable || min === 0 }
    }
  }
}

const overlap = (a: Chars | undefined, b: Chars | undefined): boolean => {
  if (a === undefined || b === undefined) return false
  for (let code = 0; code < size; code++) if (a[code] === 1 && b[code] === 1) return true
  return false
}

/**
 * Whether backtracking may take exponential time: whether some position has two different ways back to itself over the same text
 * (Weber and Seidl, On the degree of ambiguity of finite automata). Patterns of more than 200 positions are not decided: false.
 */
export function isExponential(pattern: string): boolean {
  // Without a repetition of something repeated or of alternatives there is nothing to look for.
  if (!/[*+}][)\]?]*[*+{)]|\|[^|]*\)[*+{]|\)[*+{]/.test(pattern)) return false
  let automaton: Automaton
  let ends: ReadonlyMap<number, number> = new Map()
  try {
    automaton = { sets: [], follow: [] }
    ends = build(parse(pattern), automaton).last
  } catch {
    return false
  }
  const { sets, follow } = automaton
  if (sets.length > 200) return false
  // Where the match may end after each round, nothing is left that could fail.
  const open = !demandsMore.test(pattern)
  for (let start = 0; start < sets.length; start++)
    if (twoWays(start, sets, follow) && !(open && mayEnd(start, ends, follow))) return true
  return false
}

/** Checks at the end of the pattern, which may fail after everything else has matched. */
const demandsMore = /(?:\\[bB]|\(\?<?[=!][^()]*\))[^()]*$/

/** Whether a way from a position back to itself passes one at which the whole pattern may end. */
function mayEnd(
  start: number,
  ends: ReadonlyMap<number, number>,
  follow: readonly Map<number, number>[],
): boolean {
  const reached = (from: number): Set<number> => {
    const seen = new Set<number>()
    const queue = [from]
    for (let at = queue.pop(); at !== undefined; at = queue.pop())
      for (const next of follow[at]?.keys() ?? []) if (!seen.has(next)) queue.push((seen.add(next), next))
    return seen
  }
  const around = reached(start)
  return [...ends.keys()].some((end) => end === start || (around.has(end) && reached(end).has(start)))
}

function twoWays(start: number, sets: readonly Chars[], follow: readonly Map<number, number>[]): boolean {
  const count = sets.length
  // State: both ways' positions, and whether they have parted.
  const seen = new Set<number>()
  const queue: [number, number, boolean][] = [[start, start, false]]
  while (queue.length > 0) {
    const next = queue.pop()
    if (next === undefined) break
    const [left, right, parted] = next
    for (const [a, waysA] of follow[left] ?? [])
      for (const [b, waysB] of follow[right] ?? []) {
        if (!overlap(sets[a], sets[b])) continue
        const now = parted || a !== b || (left === right && a === b && waysA * waysB > 1)
        if (a === start && b === start && now) return true
        const key = (a * count + b) * 2 + (now ? 1 : 0)
        if (seen.has(key)) continue
        seen.add(key)
        if (seen.size > 60_000) return false
        queue.push([a, b, now])
      }
  }
  return false
}
