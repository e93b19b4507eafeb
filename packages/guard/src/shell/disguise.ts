/** Controls (tab and newline apart), blanks that are none to a shell, line separators, bidirectional and tag characters. */
const disguising =
  /(?![\t\n])\p{Cc}|(?! )\p{Zs}|\p{Zl}|\p{Zp}|[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u

/** The first character of a line that hides what the line is, as `U+…`; null where there is none. */
export function disguise(line: string): string | null {
  const found = disguising.exec(line)?.[0]
  if (found === undefined) return null
  return `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
