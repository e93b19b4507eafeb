const MAX_LINES = 200

/** Lines of a text that contain a string, whatever its case, with their numbers. Plain text: no pattern can run away. */
export function grepText(text: string, needle: string, within?: readonly [number, number]): string {
  const lower = needle.toLowerCase()
  const found: string[] = []
  let [line, start, more] = [1, 0, 0]
  while (start <= text.length) {
    const next = text.indexOf('\n', start)
    const end = next < 0 ? text.length : next
    if (!within || (line >= within[0] && line <= within[1])) {
      const row = text.slice(start, end)
      if (row.toLowerCase().includes(lower)) {
        if (found.length < MAX_LINES) found.push(`${line}: ${excerpt(row, lower)}`)
        else more++
      }
    }
    if (next < 0) break
    start = end + 1
    line++
  }
  if (more > 0) found.push(`… ${more} more lines`)
  return found.join('\n')
}

function excerpt(row: string, lower: string): string {
  if (row.length <= 400) return row
  const at = row.toLowerCase().indexOf(lower)
  return `…${row.slice(Math.max(0, at - 150), at + lower.length + 150).toWellFormed()}…`
}
