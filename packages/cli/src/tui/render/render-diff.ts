import type { Paint } from '../../output/paint.ts'
import type { DiffLine } from '@cairn/server'
import { highlight } from './highlight.ts'
import { shown } from './shown.ts'

/** A change in lines; the sign says what a line is also where there are no colours. */
export function renderDiff(lines: readonly DiffLine[], paint: Paint): string[] {
  let file = ''
  return lines.map(({ type, text }) => {
    const row = shown(text).replaceAll('\n', '‹U+000A›')
    switch (type) {
      case 'file':
        file = row
        return paint.bold(row)
      case 'hunk':
        return paint.dim(`⋯ ${row}`)
      case 'add':
        return `${paint.green('+')} ${highlight(row, file, paint)}`
      case 'del':
        return paint.red(`- ${row}`)
      case 'same':
        return paint.dim(`  ${row}`)
    }
  })
}
