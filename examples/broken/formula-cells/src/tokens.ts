export type Token = { kind: 'number'; value: number } | { kind: 'cell'; name: string } | { kind: 'sign'; text: string }

export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  const pattern = /\s*(?:(\d+(?:\.\d+)?)|([A-Z]+\d+)|([-+*/()]))/y
  while (pattern.lastIndex < source.trimEnd().length) {
    const at = pattern.lastIndex
    const match = pattern.exec(source)
    if (match === null) throw new Error(`unexpected character at ${at}: ${source[at]}`)
    const [, number, cell, sign] = match
    if (number !== undefined) tokens.push({ kind: 'number', value: Number(number) })
    else if (cell !== undefined) tokens.push({ kind: 'cell', name: cell })
    else tokens.push({ kind: 'sign', text: sign! })
  }
  return tokens
}
