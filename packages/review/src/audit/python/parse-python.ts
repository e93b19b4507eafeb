import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { SourceFile } from '../ir/ir.ts'
import { lowerBlock } from './lower-python.ts'
import { copyTree } from './python-tree.ts'

/** Parses and lowers a Python file; null where it cannot be read at all. */
export type ParsePython = (path: string, text: string) => SourceFile | null

/** Loads the grammar, which takes tens of milliseconds: only where there is a Python file. */
export async function loadPython(): Promise<ParsePython> {
  const { Language, Parser } = await import('web-tree-sitter')
  const { resolve } = createRequire(import.meta.url)
  // In a bundle the package does not stand beside its binary any more.
  const binary = resolve('web-tree-sitter/web-tree-sitter.wasm')
  await Parser.init({ locateFile: () => binary })
  const parser = new Parser()
  const grammar = resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm')
  parser.setLanguage(await Language.load(readFileSync(grammar)))
  return (path, text) => {
    const tree = parser.parse(text)
    if (tree === null) return null
    const cursor = tree.walk()
    const root = copyTree(cursor, text)
    cursor.delete()
    tree.delete()
    const body = lowerBlock(root)
    // One error can swallow a whole file: that is not a file without code.
    if (body.length === 0 && /^[ \t]*[^#\s]/m.test(text)) return null
    return { path, language: 'python', text, body }
  }
}
