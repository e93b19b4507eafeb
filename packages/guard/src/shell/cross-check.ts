import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Node } from 'web-tree-sitter'
import type { SimpleCommand } from './analysis.ts'

/** Says how a second parser's reading of a line differs from the list of commands; null where it does not. */
export type CrossCheck = (line: string, commands: readonly SimpleCommand[]) => string | null

const known = new Set(
  `program list pipeline command command_name word number string raw_string string_content concatenation
   redirected_statement file_redirect file_descriptor`.split(/\s+/u),
)
const marks = new Set(['&&', '||', '|', ';', '\n', '"', '>', '>>', '<', '>&', '<&', '&>', '-'])

/** Milliseconds after which the second parser is stopped. */
const patience = 50

/**
 * Loads tree-sitter-bash, which takes tens of milliseconds: only for a policy that allows single commands. Gives null where
 * it cannot be loaded; nothing is certain then.
 */
export async function loadCrossCheck(now: () => number): Promise<CrossCheck | null> {
  try {
    const { Language, Parser } = await import('web-tree-sitter')
    const { resolve } = createRequire(import.meta.url)
    // In a bundle the package does not stand beside its binary any more.
    const binary = resolve('web-tree-sitter/web-tree-sitter.wasm')
    await Parser.init({ locateFile: () => binary })
    const grammar = resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm')
    const parser = new Parser()
    parser.setLanguage(await Language.load(readFileSync(grammar)))
    return (line, commands) => {
      const until = now() + patience
      try {
        const tree = parser.parse(line, null, { progressCallback: () => now() > until })
        if (tree === null) return 'the second parser did not finish'
        const difference = compare(tree.rootNode, commands)
        tree.delete()
        return difference
      } catch (error) {
        return `the second parser failed: ${error instanceof Error ? error.message : String(error)}`
      } finally {
        parser.reset()
      }
    }
  } catch {
    return null
  }
}

function compare(root: Node, commands: readonly SimpleCommand[]): string | null {
  if (root.hasError) return 'a syntax error to the second parser'
  const found: Node[] = []
  const strange = walk(root, found)
  if (strange !== null) return `the second parser sees ${strange}`
  if (found.length !== commands.length)
    return `${commands.length} commands to one parser, ${found.length} to the other`
  for (const [index, node] of found.entries()) {
    const words = node.namedChildren
      .filter((child) => child !== null && child.type !== 'file_redirect')
      .map((child) => value(child))
    const argv = commands[index]?.argv ?? []
    if (words.length !== argv.length || words.some((word, at) => word !== argv[at]))
      return `${JSON.stringify(argv)} to one parser, ${JSON.stringify(words)} to the other`
  }
  return null
}

/** Collects commands in order; the type of the first node that is not known to be harmless, else null. */
function walk(node: Node, found: Node[]): string | null {
  if (node.isNamed ? !known.has(node.type) : !marks.has(node.type)) return node.type
  if (node.type === 'command') found.push(node)
  for (const child of node.children) {
    const strange = child === null ? null : walk(child, found)
    if (strange !== null) return strange
  }
  return null
}

/** The value of a word as the second parser has it, with its quotes taken off. */
function value(node: Node | null): string {
  if (node === null) return ''
  if (node.type === 'raw_string') return node.text.slice(1, -1)
  if (node.type === 'string') return node.text.slice(1, -1)
  if (node.type === 'concatenation' || node.type === 'command_name') return node.children.map(value).join('')
  return node.text
}
