const TOKEN =
  /`[^`\n]{1,200}`|"[^"\n]{1,200}"|“[^”\n]{1,200}”|[\w@~.*-]*\/[\w@~./*-]+|\b[\w-]+\.[A-Za-z]\w{0,7}\b|(?<![\w.-])-?\d[\w.,:%-]*|\b[A-Za-z_$][\w$]*(?:[A-Z_$\d][\w$]*|\(\))|\b\w+(?:-\w*\d\w*)+\b|\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\b|\b[A-Z]{2,}[A-Z0-9]*\b/g

/**
 * Tokens of a text that may not be paraphrased: paths, file names, numbers, identifiers, quoted literals. Quotes are
 * taken off. Words that are only words are not in it.
 */
export function exactTokens(text: string): string[] {
  const found = new Set<string>()
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0].replace(/^[`"“]|[`"”]$/g, '').replace(/[.,:;-]+$/, '')
    if (token !== '' && token !== '-') found.add(token)
  }
  return [...found]
}

/** Tokens of `text` that do not occur in `source`. Case counts; thousands separators do not. */
export function missingTokens(text: string, source: string): string[] {
  return exactTokens(text).filter((token) => !occurs(token, source))
}

/** Whether a token occurs as itself, not as part of a longer word or number. */
export function occurs(token: string, source: string): boolean {
  for (const form of new Set([token, token.replace(/(?<=\d),(?=\d{3})/g, ''), token.replace(/\(\)$/, '')])) {
    for (let at = source.indexOf(form); at >= 0; at = source.indexOf(form, at + 1)) {
      const before = source[at - 1] ?? ' '
      const after = source[at + form.length] ?? ' '
      const edgeBefore = !/\w/.test(form[0] ?? '') || !/\w/.test(before)
      const edgeAfter = !/\w/.test(form.at(-1) ?? '') || !/\w/.test(after)
      if (edgeBefore && edgeAfter) return true
    }
  }
  return false
}
