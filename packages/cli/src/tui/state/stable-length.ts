const FENCE = /^ {0,3}(`{3,}|~{3,})/u
const LIST = /^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/u

/**
 * How much of a Markdown text that is still being written will be read the same whatever follows: up to the last empty
 * line that stands outside a fence and outside a list. In UTF-16 code units, from `from` on.
 */
export function stableLength(text: string, from: number): number {
  let stable = from
  let fence: string | null = null
  let inList = false
  let afterEmpty = false
  let at = from
  for (const line of text.slice(from).split('\n')) {
    const open = FENCE.exec(line)?.[1]
    if (fence === null) {
      if (afterEmpty && line !== '') {
        const goesOn = /^\s/u.test(line) || (inList && LIST.test(line))
        if (!goesOn) stable = at
      }
      if (LIST.test(line)) inList = true
      else if (afterEmpty && /^\S/u.test(line)) inList = false
      if (open !== undefined) fence = open
    } else if (open !== undefined && open[0] === fence[0] && open.length >= fence.length) fence = null
    afterEmpty = fence === null && line.trim() === ''
    at += line.length + 1
  }
  return stable
}
