/**
 * The lines of a patch without what models like to put around it: blank lines, one code fence, or a here-document
 * (`apply_patch <<'EOF'`). A wrapper is taken off only where its opening and closing line are both there; anything else
 * stays and is refused by the parser.
 */
export function unwrapPatch(text: string): string[] {
  let lines = text.split('\n')
  // A patch written with CRLF throughout; a single CR may be content.
  if (lines.length > 1 && lines.slice(0, -1).every((line) => line.endsWith('\r'))) {
    lines = lines.map((line) => line.replace(/\r$/, ''))
  }
  lines = trimBlank(lines)
  const first = lines[0]?.trim() ?? ''
  const last = lines.at(-1)?.trim() ?? ''
  const fence = /^(`{3,}|~{3,})[\w-]*$/.exec(first)
  if (fence !== null && last === fence[1]) return trimBlank(lines.slice(1, -1))
  const heredoc = /^(?:apply_patch\s+)?<<-?\s*(?:'(\w+)'|"(\w+)"|(\w+))$/.exec(first)
  const mark = heredoc?.[1] ?? heredoc?.[2] ?? heredoc?.[3]
  if (mark !== undefined && last === mark) return trimBlank(lines.slice(1, -1))
  return lines
}

function trimBlank(lines: string[]): string[] {
  let start = 0
  let end = lines.length
  while (start < end && lines[start]?.trim() === '') start++
  while (end > start && lines[end - 1]?.trim() === '') end--
  return lines.slice(start, end)
}
