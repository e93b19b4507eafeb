const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]/u
const NONE = /[\p{Mn}\p{Me}\uFE0F]/u
const PLAIN = /^[\x20-\x7e]*$/

const widthOf = (char: string) => (NONE.test(char) ? 0 : WIDE.test(char) ? 2 : 1)

/** Columns that a text without control characters takes in a terminal (Unicode Standard Annex #11). */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const char of text) width += widthOf(char)
  return width
}

/** At most `width` columns of a text; where something is left out it ends in an ellipsis. */
export function cutToWidth(text: string, width: number): string {
  const room = Math.max(1, width)
  if (displayWidth(text) <= room) return text
  let used = 0
  let out = ''
  for (const char of text) {
    used += widthOf(char)
    if (used > room - 1) break
    out += char
  }
  return `${out}…`
}

/** Breaks a text into lines of at most `width` columns, between words where it can; its own line breaks stay. */
export function wrapText(text: string, width: number): string[] {
  const room = Math.max(10, width)
  return text.split('\n').flatMap((row) => {
    const lines: string[] = []
    let line = ''
    let used = 0
    for (const word of row.match(/\s*\S+|\s+$/g) ?? []) {
      if (used > 0 && used + displayWidth(word) > room) {
        lines.push(line)
        line = ''
        used = 0
      }
      // What begins a broken line needs no space before it; an indentation that was written stays.
      for (const char of used === 0 && lines.length > 0 ? word.trimStart() : word) {
        if (used + widthOf(char) > room) {
          lines.push(line)
          line = ''
          used = 0
        }
        line += char
        used += widthOf(char)
      }
    }
    lines.push(line.trimEnd())
    return lines
  })
}
