import { parse } from '@babel/parser'
import { isFunction, isNode, type Node } from './node.ts'

/** One node with the way down to it. */
export interface Site {
  node: Node
  /** From the program inwards, without the node itself. */
  parents: readonly Node[]
  /** The key of the parent under which the node stands. */
  key: string
  /** 1-based line on which it starts. */
  line: number
}

export interface SourceFile {
  path: string
  text: string
  program: Node
  /** Every node, outer before inner. */
  sites: readonly Site[]
}

/** Whether text is a program in the language that the path's ending names. */
export function parses(path: string, text: string): boolean {
  return parseProgram(path, text) !== null
}

function parseProgram(path: string, text: string): Node | null {
  const typed = /\.[cm]?tsx?$/.test(path)
  try {
    const file: unknown = parse(text, {
      sourceType: 'unambiguous',
      allowReturnOutsideFunction: true,
      plugins: [
        ...(typed ? (['typescript'] as const) : []),
        ...(typed && !path.endsWith('x') ? [] : (['jsx'] as const)),
        ...(typed ? (['decorators'] as const) : []),
      ],
    })
    return isNode(file) && isNode(file['program']) ? file['program'] : null
  } catch {
    return null
  }
}

/** Parses a file; null where it is not a program. */
export function readSource(path: string, text: string): SourceFile | null {
  const program = parseProgram(path, text)
  if (program === null) return null
  const sites: Site[] = []
  visit(program, [], '', sites)
  return { path, text, program, sites }
}

const notChildren = new Set([
  'loc',
  'extra',
  'leadingComments',
  'trailingComments',
  'innerComments',
  'typeAnnotation',
  'returnType',
  'typeParameters',
  'typeArguments',
])

function visit(node: Node, parents: readonly Node[], key: string, out: Site[]): void {
  if (/^TS(?:Type|Interface|Enum|Module)/.test(node.type) && node.type !== 'TSTypeAssertion') return
  out.push({ node, parents, key, line: node.loc.start.line })
  const below = [...parents, node]
  for (const [name, value] of Object.entries(node)) {
    if (notChildren.has(name)) continue
    if (isNode(value)) visit(value, below, name, out)
    else if (Array.isArray(value)) for (const each of value) if (isNode(each)) visit(each, below, name, out)
  }
}

export function textOf(file: Pick<SourceFile, 'text'>, node: Node): string {
  return file.text.slice(node.start, node.end)
}

/** The innermost function around a site, null at module level. */
export function functionOf(site: Site): Node | null {
  return site.parents.findLast((parent) => isFunction(parent)) ?? null
}

export function parentOf(site: Site): Node | null {
  return site.parents.at(-1) ?? null
}
