/** A Markdown file with a head between two `---` lines. */
export interface FrontMatter {
  fields: ReadonlyMap<string, string>
  body: string
}

const HEAD = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^|\n)---[ \t]*(?:\r?\n|$)/u
const FIELD = /^([A-Za-z][\w-]*):(?:[ \t]+(.*))?$/u

function scalar(first: string, more: readonly string[]): string {
  const block = /^[|>][+-]?$/u.exec(first)
  const rest = more.map((line) => line.trim())
  if (block !== null) return rest.join(first.startsWith('|') ? '\n' : ' ').trim()
  const whole = [first, ...rest].join(' ').trim()
  if (/^".*"$/su.test(whole)) {
    try {
      const read: unknown = JSON.parse(whole)
      return typeof read === 'string' ? read : whole
    } catch {
      return whole.slice(1, -1)
    }
  }
  return /^'.*'$/su.test(whole) ? whole.slice(1, -1).replaceAll("''", "'") : whole.replace(/\s+#.*$/u, '')
}

/**
 * Reads the text fields at the top level of the head, in the part of YAML that skills and commands use: plain, quoted and
 * block scalars. Lists and nested fields are left out. A file without a head is all body.
 */
export function readFrontMatter(text: string): FrontMatter {
  const found = HEAD.exec(text)
  if (found === null) return { fields: new Map(), body: text.trim() }
  const fields = new Map<string, string>()
  const lines = (found[1] ?? '').split(/\r?\n/u)
  for (let at = 0; at < lines.length; at += 1) {
    const [, name, first = ''] = FIELD.exec(lines[at] ?? '') ?? []
    if (name === undefined) continue
    const more: string[] = []
    while (/^(?:[ \t]|$)/u.test(lines[at + 1] ?? 'end')) more.push(lines[(at += 1)] ?? '')
    if (!fields.has(name)) fields.set(name, scalar(first.trim(), more))
  }
  return { fields, body: text.slice(found[0].length).trim() }
}
