import { allOperators } from '../operators/all-operators.ts'
import type { Mutation, OperatorContext, Splice } from '../operators/mutation.ts'
import { isFunction, nameOf } from '../syntax/node.ts'
import { functionOf, parentOf, parses, textOf, type Site, type SourceFile } from '../syntax/source-file.ts'
import { fileFacts } from './file-facts.ts'
import type { Hints } from './hints.ts'
import { indentInsertion } from './indent.ts'

/** A patch of one file that may be tried. */
export interface RankedPatch {
  splices: Splice[]
  score: number
  family: Mutation['family']
  line: number
}

/** Score of a line in a function that failing tests ran in part, or of a module body. */
const nearby = 0.1

/**
 * All single patches of a file, best first: suspiciousness of the place × prior of the change × what the failures hint
 * at. The order depends on nothing but the arguments, so that a position in it names a patch for good.
 */
export function enumerateCandidates(
  file: SourceFile,
  lines: ReadonlyMap<number, number>,
  hints: Hints,
): RankedPatch[] {
  const context: OperatorContext = {
    file,
    hints,
    facts: fileFacts(file),
    textOf: (node) => textOf(file, node),
  }
  const best = new Map<string, RankedPatch>()
  for (const site of file.sites) {
    const suspicion = suspicionAt(site, lines)
    if (suspicion === 0) continue
    for (const operator of allOperators)
      for (const mutation of operator(site, context)) {
        const splices = normalize(
          file.text,
          forShorthand(site, mutation.splices).map((splice) => indentInsertion(file.text, splice)),
        )
        if (splices === null) continue
        const key = splices.map(({ start, end, text }) => `${start}:${end}:${text}`).join('|')
        const score = suspicion * mutation.prior * weight(mutation, hints)
        const known = best.get(key)
        if (known === undefined || known.score < score)
          best.set(key, { splices, score, family: mutation.family, line: site.line })
      }
  }
  const key = (patch: RankedPatch): string => JSON.stringify(patch.splices)
  return [...best.values()].sort(
    (a, b) =>
      b.score - a.score ||
      (a.splices[0]?.start ?? 0) - (b.splices[0]?.start ?? 0) ||
      (key(a) < key(b) ? -1 : 1),
  )
}

/** In `{ name }` the name is key and value at once: a new value needs the key written out. */
function forShorthand(site: Site, splices: readonly Splice[]): readonly Splice[] {
  const parent = parentOf(site)
  if (parent?.type !== 'ObjectProperty' || parent['shorthand'] !== true || site.key !== 'value')
    return splices
  const name = nameOf(site.node)
  return splices.map((splice) =>
    splice.start === site.node.start && splice.end === site.node.end && !splice.text.startsWith(`${name}: `)
      ? { ...splice, text: `${name}: ${splice.text}` }
      : splice,
  )
}

function suspicionAt(site: Site, lines: ReadonlyMap<number, number>): number {
  const { start, end } = site.node.loc
  let top = lines.get(start.line) ?? 0
  if (end.line > start.line) {
    for (let line = start.line + 1; line <= end.line; line++)
      top = Math.max(top, 0.95 * (lines.get(line) ?? 0))
    // Whole classes and modules contain every line: that says nothing about them.
    if (!isFunction(site.node) && !/Statement|Expression|Declaration/.test(site.node.type)) return top * 0.8
  }
  if (top > 0) return top
  const around = functionOf(site)
  const [first, last] = around === null ? [1, Infinity] : [around.loc.start.line, around.loc.end.line]
  let near = 0
  for (const [line, score] of lines) if (line >= first && line <= last) near = Math.max(near, score)
  return near * nearby
}

function weight(mutation: Mutation, hints: Hints): number {
  const own = hints.weights.get(mutation.family) ?? 1
  const text = mutation.splices.map((splice) => splice.text).join(' ')
  const seen = hints.expected.some((value) => value.length > 1 && text.includes(value)) ? 1.25 : 1
  return own * seen * (hints.kinds.has('constAssign') && text === 'let' ? 30 : 1)
}

/** Splices in order, each without what it does not change; null where nothing changes or two overlap. */
function normalize(text: string, splices: readonly Splice[]): Splice[] | null {
  const out: Splice[] = []
  for (const splice of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    let { start, end, text: own } = splice
    const old = text.slice(start, end)
    let head = 0
    while (head < old.length && head < own.length && old[head] === own[head]) head++
    let tail = 0
    while (tail < old.length - head && tail < own.length - head && old.at(-1 - tail) === own.at(-1 - tail))
      tail++
    start += head
    end -= tail
    own = own.slice(head, own.length - tail)
    if (start === end && own === '') continue
    const before = out.at(-1)
    if (before !== undefined && start < before.end) return null
    out.push({ start, end, text: own })
  }
  return out.length === 0 ? null : out
}

/** The text of a file with splices applied. Splices are in order and do not overlap. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = ''
  let at = 0
  for (const { start, end, text: own } of splices) {
    result += text.slice(at, start) + own
    at = end
  }
  return result + text.slice(at)
}

/** Whether a patch leaves a program behind. */
export function isValidPatch(file: SourceFile, splices: readonly Splice[]): boolean {
  return parses(file.path, applySplices(file.text, splices))
}
