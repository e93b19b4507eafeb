import { parse, type SgNode } from '@ast-grep/napi'
import type { TextEdit } from './edit-text.ts'

/** The tree of a source text. */
export const rootOf = (language: string, text: string): SgNode => parse(language, text).root()

/** All nodes of these kinds, in order. */
export const ofKind = (node: SgNode, ...kinds: string[]): SgNode[] =>
  node.findAll({ rule: { any: kinds.map((kind) => ({ kind })) } })

export const startOf = (node: SgNode): number => node.range().start.index
export const endOf = (node: SgNode): number => node.range().end.index

export const replaceNode = (node: SgNode, text: string): TextEdit => ({
  start: startOf(node),
  end: endOf(node),
  text,
})

/** 1-based line of a node. */
export const lineOf = (node: SgNode): number => node.range().start.line + 1

/** The value of a plain string literal; null where it is anything else. */
export function stringValue(node: SgNode | null | undefined): string | null {
  if (node === null || node === undefined || node.kind() !== 'string') return null
  const text = node.text().slice(1, -1)
  return text.includes('\\') ? null : text
}

/** The string that a `require(…)` call names; null where the node is no such call. */
export function requiredModule(node: SgNode | null | undefined): string | null {
  if (node === null || node === undefined || node.kind() !== 'call_expression') return null
  if (node.field('function')?.text() !== 'require') return null
  const values =
    node
      .field('arguments')
      ?.children()
      .filter((child) => child.isNamed()) ?? []
  return values.length === 1 ? stringValue(values[0]) : null
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  'function_declaration',
  'function_expression',
  'arrow_function',
  'method_definition',
  'generator_function',
  'generator_function_declaration',
])

/** The function that a node is directly in; null at the top. */
export function enclosingFunction(node: SgNode): SgNode | null {
  for (let at = node.parent(); at !== null; at = at.parent()) if (FUNCTIONS.has(String(at.kind()))) return at
  return null
}
