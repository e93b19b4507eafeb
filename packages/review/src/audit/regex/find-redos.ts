import type { PlainHit } from '../build-findings.ts'
import { writtenName } from '../engine/machine.ts'
import type { SourceFile } from '../ir/ir.ts'
import { walk } from '../structure/walk.ts'
import { isExponential } from './is-exponential.ts'

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
  const call = file.language === 'python' ? /^(?:re|regex)\.\w+$/ : /(?:^|\.)RegExp$/
  walk(file.body, {
    expr(expr) {
      if (expr.kind === 'regex') found(expr.at, expr.source)
      if (expr.kind !== 'call') return
      const name = writtenName(expr.callee) ?? ''
      const [first] = expr.args
      if (call.test(name) && first?.value.kind === 'literal' && typeof first.value.value === 'string')
        // A whole match can still fail at the end.
        found(expr.at, `${first.value.value}${name.endsWith('.fullmatch') ? '$' : ''}`)
    },
  })
  return hits
}
