import { child, children, field, isMember, methodOf, nameOf, type Node } from '../syntax/node.ts'
import { parentOf, type Site } from '../syntax/source-file.ts'
import { replaceNode, type Mutation, type Operator, type OperatorContext } from './mutation.ts'

const units = [
  [24, 60, 3600, 86400, 7, 12, 30, 31, 365, 1000],
  [10, 100, 1000, 1024],
  [2, 8, 10, 16, 36],
]
const separators = ['', ' ', ',', ', ', '-', '_', '\n', '/', ':', '.', ';', '|', '=', '&', '?', '#']

function isKey(site: Site): boolean {
  const parent = parentOf(site)
  return (
    (site.key === 'key' && parent?.['computed'] !== true) ||
    site.key === 'source' ||
    parent?.type.startsWith('TS') === true
  )
}

/** Numbers: neighbours, zero and one, the other sign, units, and values seen in tests or elsewhere in the file. */
export const numbers: Operator = (site, { hints, facts }) => {
  const { node } = site
  const value = node['value']
  if (node.type !== 'NumericLiteral' || typeof value !== 'number' || isKey(site)) return []
  const priors = new Map<number, number>()
  const offer = (each: number, prior: number): void => {
    if (each !== value && Number.isFinite(each)) priors.set(each, Math.max(priors.get(each) ?? 0, prior))
  }
  const whole = Number.isInteger(value)
  if (whole) {
    offer(value + 1, value === 0 ? 0.6 : 0.5)
    offer(value - 1, value === 1 ? 0.65 : value === 0 ? 0.3 : 0.45)
  }
  offer(0, value < 3 ? 0.4 : 0.15)
  offer(1, value < 3 ? 0.4 : 0.15)
  offer(-value, 0.25)
  for (const group of units) if (group.includes(value)) for (const each of group) offer(each, 0.28)
  offer(value * 10, 0.15)
  offer(value / 10, 0.15)
  offer(value * 2, 0.1)
  offer(value / 2, 0.1)
  if (!whole) {
    offer(Math.round((1 - value) * 1e6) / 1e6, 0.3)
    offer(Math.round((1 + value) * 1e6) / 1e6, 0.15)
    offer(value * 100, 0.15)
  }
  if (value > 1 || !whole) for (const each of hints.numbers.slice(0, 8)) offer(each, 0.22)
  for (const each of [...facts.numbers.keys()].slice(0, 8)) offer(Number(each), 0.15)
  return [...priors].map(([each, prior]) => replaceNode('constant', node, String(each), prior))
}

function similarity(a: string, b: string): number {
  if (a === b) return 0
  const [x, y] = [a.toLowerCase(), b.toLowerCase()]
  if (x === y) return 0.9
  const pairs = (text: string): Set<string> =>
    new Set([...text].slice(1).map((char, index) => text[index] + char))
  const [p, q] = [pairs(x), pairs(y)]
  if (p.size === 0 || q.size === 0) return 0.1
  return (2 * [...p].filter((each) => q.has(each)).length) / (p.size + q.size)
}

function quoted(text: string, like: string): string {
  const mark = like.startsWith('"') ? '"' : "'"
  return mark + JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll(mark, `\\${mark}`) + mark
}

/** Strings: separators, case, blanks, and the most similar ones of tests and of the file. */
export const strings: Operator = (site, context) => {
  const { node } = site
  if (node.type === 'TemplateLiteral') return templates(node, context)
  if (
    node.type !== 'StringLiteral' ||
    isKey(site) ||
    site.parents.some((parent) => parent.type === 'ImportDeclaration')
  )
    return []
  const { hints, facts, textOf } = context
  const value = field(node, 'value')
  const offers = new Map<string, number>()
  const offer = (each: string, prior: number): void => {
    if (each !== value) offers.set(each, Math.max(offers.get(each) ?? 0, prior))
  }
  if (value.length <= 2 && !/\w{2}/.test(value))
    for (const each of separators) offer(each, /\w/.test(value) ? 0.08 : 0.25)
  if (value.trim() !== value) offer(value.trim(), 0.3)
  if (/[a-z]/i.test(value)) {
    offer(value.toLowerCase(), 0.2)
    offer(value.toUpperCase(), 0.2)
  }
  const seen = [
    ...hints.strings.map((each) => [each, 0.3] as const),
    ...[...facts.strings.keys()].map((each) => [each, 0.22] as const),
  ]
  const near = seen
    .map(([each, prior]) => [each, prior * (0.35 + similarity(each, value))] as const)
    .sort((a, b) => b[1] - a[1])
  for (const [each, prior] of near.slice(0, 10)) offer(each, prior)
  return [...offers].map(([each, prior]) => replaceNode('string', node, quoted(each, textOf(node)), prior))
}

function templates(node: Node, { textOf, file }: OperatorContext): Mutation[] {
  const parts = children(node, 'expressions')
  const out: Mutation[] = []
  parts.slice(1).forEach((part, index) => {
    const before = parts[index]
    if (before === undefined) return
    out.push({
      family: 'string',
      prior: 0.3,
      splices: [
        { start: before.start, end: before.end, text: textOf(part) },
        { start: part.start, end: part.end, text: textOf(before) },
      ],
    })
  })
  const quasis = children(node, 'quasis')
  for (const quasi of quasis) {
    const text = file.text.slice(quasi.start, quasi.end)
    const inner = quasis.length > 1 && quasi !== quasis[0] && quasi !== quasis.at(-1)
    if (text.length > 3 || (text === '' && !inner)) continue
    for (const each of separators.slice(0, 10))
      if (each !== text && each !== '\n')
        out.push({
          family: 'string',
          prior: 0.14,
          splices: [{ start: quasi.start, end: quasi.end, text: each }],
        })
  }
  return out
}

/** Booleans, null and undefined, and empty values of another kind. */
export const plainValues: Operator = (site) => {
  const { node } = site
  if (node.type === 'BooleanLiteral')
    return [replaceNode('condition', node, node['value'] === true ? 'false' : 'true', 0.6)]
  if (node.type === 'NullLiteral')
    return ['undefined', '[]', "''", '0', '{}'].map((text, index) =>
      replaceNode('constant', node, text, index === 0 ? 0.25 : 0.12),
    )
  if (nameOf(node) === 'undefined' && site.key !== 'property')
    return ['null', '[]', "''", '0', '{}'].map((text, index) =>
      replaceNode('constant', node, text, index === 0 ? 0.25 : 0.12),
    )
  const empty =
    (node.type === 'ArrayExpression' && children(node, 'elements').length === 0) ||
    (node.type === 'ObjectExpression' && children(node, 'properties').length === 0)
  if (empty)
    return ['[]', '{}', 'null', "''", '0', 'new Map()', 'new Set()', 'Object.create(null)'].map((text) =>
      replaceNode('constant', node, text, text.length === 2 ? 0.18 : 0.1),
    )
  const extremes =
    isMember(node) && nameOf(child(node, 'object')) === 'Number'
      ? nameOf(child(node, 'property'))
      : nameOf(node)
  if (extremes === 'Infinity')
    return parentOf(site)?.type === 'UnaryExpression'
      ? []
      : [replaceNode('constant', node, '-Infinity', 0.6), replaceNode('constant', node, '0', 0.2)]
  if (extremes === 'MAX_SAFE_INTEGER' || extremes === 'MAX_VALUE')
    return [replaceNode('constant', node, '-Infinity', 0.3)]
  if (extremes === 'MIN_SAFE_INTEGER' || extremes === 'MIN_VALUE')
    return [replaceNode('constant', node, 'Infinity', 0.4), replaceNode('constant', node, '-Infinity', 0.5)]
  return []
}

/** Regular expressions: flags, anchors, repetition, escapes. */
export const patterns: Operator = ({ node, parents }) => {
  if (node.type !== 'RegExpLiteral') return []
  const [pattern, flags] = [field(node, 'pattern'), field(node, 'flags')]
  const offers: [string, string, number][] = []
  const call = parents.at(-1)
  const globalMatters = /^(?:replace|replaceAll|match|matchAll|split)$/.test(methodOf(call))
  for (const flag of ['g', 'i', 'm', 'u', 's', 'y']) {
    const prior = flag === 'g' ? (globalMatters ? 0.7 : 0.3) : flag === 'i' ? 0.45 : 0.1
    offers.push([pattern, flags.includes(flag) ? flags.replace(flag, '') : flags + flag, prior])
  }
  offers.push([pattern.startsWith('^') ? pattern.slice(1) : `^${pattern}`, flags, 0.4])
  offers.push([pattern.endsWith('$') ? pattern.slice(0, -1) : `${pattern}$`, flags, 0.4])
  if (!pattern.startsWith('^') && !pattern.endsWith('$'))
    offers.push([`^${pattern}$`, flags, 0.35], [`^(?:${pattern})$`, flags, 0.3])
  for (const match of pattern.matchAll(/(?<!\\)[+*?]/g)) {
    for (const other of ['+', '*', '?', ''])
      if (other !== match[0])
        offers.push([
          pattern.slice(0, match.index) + other + pattern.slice(match.index + 1),
          flags,
          other === '' ? 0.12 : 0.3,
        ])
    offers.push([`${pattern.slice(0, match.index + 1)}?${pattern.slice(match.index + 1)}`, flags, 0.2])
  }
  for (const match of pattern.matchAll(/\\[dwsDWSbB]|\]|\)/g)) {
    const end = match.index + match[0].length
    if (!/[+*?{]/.test(pattern[end] ?? ''))
      for (const more of ['+', '*', '?'])
        offers.push([pattern.slice(0, end) + more + pattern.slice(end), flags, 0.22])
    const swap: Record<string, string> = {
      '\\d': '\\w',
      '\\w': '\\d',
      '\\s': '\\S',
      '\\S': '\\s',
      '\\D': '\\d',
      '\\W': '\\w',
    }
    const other = swap[match[0]]
    if (other !== undefined)
      offers.push([pattern.slice(0, match.index) + other + pattern.slice(end), flags, 0.2])
  }
  for (const match of pattern.matchAll(/(?<!\\)\./g))
    offers.push([`${pattern.slice(0, match.index)}\\.${pattern.slice(match.index + 1)}`, flags, 0.4])
  for (const match of pattern.matchAll(/\{(\d+)(,?)(\d*)\}/g)) {
    const [low, high] = [Number(match[1]), match[3] === '' ? null : Number(match[3])]
    const write = (text: string): string =>
      pattern.slice(0, match.index) + text + pattern.slice(match.index + match[0].length)
    for (const step of [-1, 1]) offers.push([write(`{${low + step}${match[2]}${match[3]}}`), flags, 0.3])
    if (high !== null) for (const step of [-1, 1]) offers.push([write(`{${low},${high + step}}`), flags, 0.3])
    if (match[2] === '') offers.push([write(`{${low},}`), flags, 0.3])
  }
  for (const match of pattern.matchAll(/\[(\^?)/g))
    offers.push([
      match[1] === '^'
        ? `${pattern.slice(0, match.index)}[${pattern.slice(match.index + 2)}`
        : `${pattern.slice(0, match.index)}[^${pattern.slice(match.index + 1)}`,
      flags,
      0.2,
    ])
  for (const match of pattern.matchAll(/a-z(?!A-Z)|(?<!a-z)A-Z/g))
    offers.push([`${pattern.slice(0, match.index)}a-zA-Z${pattern.slice(match.index + 3)}`, flags, 0.3])
  for (const match of pattern.matchAll(/(?<!\\)\[([^\]\\]*)\]/g))
    if (!match[0].includes('0-9'))
      offers.push([
        `${pattern.slice(0, match.index + match[0].length - 1)}0-9]${pattern.slice(match.index + match[0].length)}`,
        flags,
        0.15,
      ])
  return offers
    .map(([source, newFlags, prior]) => replaceNode('string', node, `/${source}/${newFlags}`, prior))
    .filter((mutation) => !mutation.splices[0]?.text.startsWith('//'))
}
