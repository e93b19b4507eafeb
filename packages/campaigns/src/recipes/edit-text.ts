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
