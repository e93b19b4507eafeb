import type { Splice } from '../operators/mutation.ts'

/** The blanks at the start of the line that holds a position. */
function indentAt(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? ''
}

/** One step of indentation, as the first indented line has it. */
function unitOf(text: string): string {
  return /^( {2,8}|\t)\S/m.exec(text)?.[1] ?? '  '
}

/** Gives inserted statements the indentation of their surroundings, so that a repair reads as if written by hand. */
export function indentInsertion(text: string, splice: Splice): Splice {
  const { start, end, text: own } = splice
  const statement = own.trim()
  if (start !== end || statement === '' || statement.includes('\n') || !own.includes('\n')) return splice
  const base = indentAt(text, start)
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const alone = text.slice(lineStart, start).trim() === ''
  // At the end of a block, whose brace stands on its own line.
  if (own.startsWith('\n') && own.endsWith('\n'))
    return alone && text[start] === '}'
      ? { start: lineStart, end: lineStart, text: `${base}${unitOf(text)}${statement}\n` }
      : splice
  if (own.endsWith('\n')) return { ...splice, text: `${statement}\n${base}` }
  return { ...splice, text: `\n${text[start - 1] === '{' ? base + unitOf(text) : base}${statement}` }
}
