import { workspacePath } from './frames.ts'
import { tidyMessage, type Frame, type ParsedFailure } from './parsed-output.ts'

/** A place in a file of any language; null where it lies outside of the workspace. */
export function placeAt(
  printed: string,
  line: string | undefined,
  roots: readonly string[],
  rest: { column?: string | undefined; fn?: string | undefined } = {},
): Frame | null {
  const file = workspacePath(printed, roots)
  if (file === null || line === undefined) return null
  const column = rest.column === undefined ? null : Number(rest.column)
  return { file, line: Number(line), column, fn: rest.fn ?? null }
}

/** A failure with its places, the innermost first. */
export const failureOf = (
  id: string,
  message: readonly string[],
  frames: readonly (Frame | null)[] = [],
): ParsedFailure => ({
  id,
  message: tidyMessage(message),
  frames: frames.filter((frame) => frame !== null),
  test: null,
})

/** Lines after each line that `head` matches, up to the next such line or one that `end` matches. */
export function sections(
  text: string,
  head: RegExp,
  end: RegExp,
): { head: RegExpExecArray; lines: string[] }[] {
  const found: { head: RegExpExecArray; lines: string[] }[] = []
  let open: { head: RegExpExecArray; lines: string[] } | null = null
  for (const line of text.split('\n')) {
    const begins = head.exec(line)
    if (begins !== null) found.push((open = { head: begins, lines: [] }))
    else if (end.test(line)) open = null
    else open?.lines.push(line)
  }
  return found
}
