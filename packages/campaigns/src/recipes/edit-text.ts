/** A replacement in a text, by UTF-16 position. */
export interface TextEdit {
  start: number
  end: number
  text: string
}

/** Applies edits that do not overlap; of two that do, the later one in the text is left out. */
export function editText(source: string, edits: readonly TextEdit[]): string {
  let result = ''
  let at = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < at) continue
    result += source.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + source.slice(at)
}

/** Edit that removes a whole line statement, with its line break where it stands alone. */
export function removeStatement(source: string, start: number, end: number): TextEdit {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1
  const lineEnd = source.indexOf('\n', end)
  const alone =
    source.slice(lineStart, start).trim() === '' &&
    source.slice(end, lineEnd === -1 ? undefined : lineEnd).trim() === ''
  return alone
    ? { start: lineStart, end: lineEnd === -1 ? source.length : lineEnd + 1, text: '' }
    : { start, end, text: '' }
}
