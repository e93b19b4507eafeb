import { escapeForDisplay } from '@cairn/guard'
import type { Paint } from '../../output/paint.ts'
import type { DiffLine } from '../state/diff-lines.ts'
import { highlight } from './highlight.ts'

/** A change in lines; the sign says what a line is also where there are no colours. */
export function renderDiff(lines: readonly DiffLine[], paint: Paint): string[] {
  let file = ''
  return lines.map(({ type, text }) => {
    const shown = escapeForDisplay(text).replaceAll('\t', '    ')
    switch (type) {
      case 'file':
        file = shown
        return paint.bold(shown)
      case 'hunk':
        return paint.dim(`⋯ ${shown}`)
      case 'add':
        return `${paint.green('+')} ${highlight(shown, file, paint)}`
      case 'del':
        return paint.red(`- ${shown}`)
      case 'same':
        return paint.dim(`  ${shown}`)
    }
  })
}
