import { parse } from '@babel/parser'
import type { SourceFile } from '../ir/ir.ts'
import { lowerStatements } from './lower-statement.ts'
import { children, isTree, type Tree } from './tree.ts'

/** The syntax tree of a JavaScript or TypeScript file; null where it is not a program. */
export function parseProgram(path: string, text: string): Tree | null {
  const typed = /\.[cm]?tsx?$/.test(path)
  const flow = !typed && /@flow\b/.test(text.slice(0, 2000))
  try {
    const file: unknown = parse(text, {
      sourceType: 'unambiguous',
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      allowUndeclaredExports: true,
      allowSuperOutsideMethod: true,
      errorRecovery: true,
      attachComment: false,
      plugins: [
        ...(typed ? (['typescript'] as const) : []),
        ...(flow ? (['flow'] as const) : []),
        ...(/\.[cm]?ts$/.test(path) ? [] : (['jsx'] as const)),
        'decorators-legacy',
      ],
    })
    if (!isTree(file) || !isTree(file['program'])) return null
    return file['program']
  } catch {
    return null
  }
}

/** Parses and lowers a JavaScript or TypeScript file; null where it is not a program. */
export function parseJavaScript(path: string, text: string): SourceFile | null {
  const program = parseProgram(path, text)
  if (program === null) return null
  try {
    return { path, language: 'javascript', text, body: lowerStatements(children(program, 'body')) }
  } catch {
    return null
  }
}
