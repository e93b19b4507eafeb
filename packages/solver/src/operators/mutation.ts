import type { Hints } from '../plan/hints.ts'
import type { Family } from './family.ts'
import type { Site, SourceFile } from '../syntax/source-file.ts'
import type { Node } from '../syntax/node.ts'

/** A replacement of `[start, end)` of the file's text. */
export interface Splice {
  start: number
  end: number
  text: string
}

/** One way to change a node. */
export interface Mutation {
  family: Family
  splices: Splice[]
  /** How often such a change mends a fault, 0 to 1, before hints. */
  prior: number
}

/** What an operator may look at. */
export interface OperatorContext {
  file: SourceFile
  hints: Hints
  /** Facts of the file, computed once. */
  facts: FileFacts
  textOf(node: Node): string
}

/** What is used where in a file: the material that replacements are made of. */
export interface FileFacts {
  /** Properties read on an object, by the text of the object; and on anything. */
  propertiesOf: ReadonlyMap<string, ReadonlySet<string>>
  properties: ReadonlyMap<string, number>
  methods: ReadonlyMap<string, number>
  /** Literals, with the number of uses. */
  numbers: ReadonlyMap<string, number>
  strings: ReadonlyMap<string, number>
  /** Functions declared in the file: parameters in order, and whether it is async. */
  functions: ReadonlyMap<string, { params: string[]; async: boolean }>
  /** Conditions of branches, as donors. */
  conditions: readonly Node[]
  unused: ReadonlySet<string>
}

/** Gives the mutations that a kind of fault suggests at a node. */
export type Operator = (site: Site, context: OperatorContext) => Mutation[]

export function replaceNode(family: Family, node: Node, text: string, prior: number): Mutation {
  return { family, splices: [{ start: node.start, end: node.end, text }], prior }
}

export function insertAt(family: Family, at: number, text: string, prior: number): Mutation {
  return { family, splices: [{ start: at, end: at, text }], prior }
}

/** Exchanges the texts of two nodes that do not overlap. */
export function swapNodes(
  family: Family,
  file: Pick<SourceFile, 'text'>,
  a: Node,
  b: Node,
  prior: number,
): Mutation {
  const text = (node: Node): string => file.text.slice(node.start, node.end)
  return {
    family,
    prior,
    splices: [
      { start: a.start, end: a.end, text: text(b) },
      { start: b.start, end: b.end, text: text(a) },
    ],
  }
}
