import { isScript, maskSource } from '@cairn/checks'

/** A word or sign of a source text with its line from 1. Literals stand for themselves by kind only; comments are left out. */
export interface Token {
  text: string
  line: number
}

const WORD = /\n|[\p{L}_$][\p{L}\p{N}_$]*|\d[\w.]*|"[^"\n]*"|'[^'\n]*'|`[^`]*`|[^\s]/gu
const OUTSIDE_SCRIPT =
  /(?<comment>\/\*[^]*?\*\/|\/\/[^\n]*)|(?<hash>#[^\n]*)|(?<text>"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/g

function maskOther(path: string, source: string): string {
  const hash = /\.(?:py|rb|php)$/.test(path)
  const slashes = !/\.(?:py|rb)$/.test(path)
  const blank = (text: string) => text.replace(/[^\n]/g, ' ')
  return source.replace(OUTSIDE_SCRIPT, (match, comment, hashed) => {
    if (typeof comment === 'string') return slashes ? blank(match) : match
    if (typeof hashed === 'string') return hash ? blank(match) : match
    return `"${blank(match.slice(1, -1))}"`
  })
}

/** Splits a source text into tokens. */
export function tokenise(path: string, source: string): Token[] {
  const mask = isScript(path) ? maskSource(source) : maskOther(path, source)
  const tokens: Token[] = []
  let line = 1
  for (const [word] of mask.matchAll(WORD)) {
    if (word === '\n') line++
    else if (/^["'`]/.test(word)) {
      tokens.push({ text: '"', line })
      line += word.split('\n').length - 1
    } else tokens.push({ text: /^\d/.test(word) ? '0' : word, line })
  }
  return tokens
}

/** Code of each line, tokens joined without blanks: what a line does, whatever its comments and texts say. */
export function codeByLine(path: string, source: string): Map<number, string> {
  const lines = new Map<number, string>()
  for (const { text, line } of tokenise(path, source)) {
    const known = lines.get(line)
    const apart = known !== undefined && /[\w$]$/.test(known) && /^[\w$]/.test(text)
    lines.set(line, `${known ?? ''}${apart ? ' ' : ''}${text}`)
  }
  return lines
}
