import type { PlainHit } from '../build-findings.ts'
import type { SourceFile } from '../ir/ir.ts'
import { isExponential } from './is-exponential.ts'

const javascriptLiteral =
  /(?:^|[=(,:[!&|?{};+\n]|return|typeof|=>)\s*\/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])*)\/[dgimsuvy]*/g
const constructed = /\bRegExp\(\s*(["'])((?:\\.|(?!\1)[^\\\n])*)\1/g
const pythonCall =
  /\bre\.(?:compile|match|search|fullmatch|sub|findall|finditer|split)\(\s*r?(["'])((?:\\.|(?!\1)[^\\\n])*)\1/g

/** Regular expressions of a file on which matching may take exponential time. */
export function findRedos(file: SourceFile): PlainHit[] {
  const hits: PlainHit[] = []
  const found = (index: number, pattern: string): void => {
    if (!isExponential(pattern)) return
    const before = file.text.slice(0, index)
    const line = before.split('\n').length
    hits.push({
      rule: 'redos',
      file: file.path,
      line,
      column: index - before.lastIndexOf('\n'),
      snippet: file.text.split('\n')[line - 1] ?? '',
      detail: pattern.slice(0, 80),
    })
  }
  if (file.language === 'python') {
    for (const match of file.text.matchAll(pythonCall))
      found(
        match.index + match[0].indexOf('re.'),
        `${match[2] ?? ''}${match[0].startsWith('re.fullmatch') ? '$' : ''}`,
      )
    return hits
  }
  for (const match of file.text.matchAll(javascriptLiteral))
    found(match.index + match[0].indexOf('/'), match[1] ?? '')
  for (const match of file.text.matchAll(constructed))
    found(match.index, (match[2] ?? '').replaceAll('\\\\', '\\'))
  return hits
}
