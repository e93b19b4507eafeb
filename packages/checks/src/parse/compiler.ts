import type { ParsedFailure, ParsedOutput } from './parsed-output.ts'
import { failureOf, placeAt } from './placed.ts'

const ERROR = /^([^\s:][^:\n]*\.\w+):(\d+)(?::(\d+))?: (?:fatal )?error: (.+)$/

/** Errors as gcc, clang, javac, swiftc and many others print them: `file:line:column: error: text`. */
export function parseCompiler(text: string, roots: readonly string[]): ParsedOutput | null {
  const failures = text.split('\n').flatMap((line): ParsedFailure[] => {
    const [, file, at, column, message = ''] = ERROR.exec(line) ?? []
    if (file === undefined) return []
    const place = placeAt(file, at, roots, { column })
    return [failureOf(`${place?.file ?? file} ${message}`, [message], [place])]
  })
  return failures.length === 0
    ? null
    : { runner: 'compiler', passed: null, failed: failures.length, failures }
}
