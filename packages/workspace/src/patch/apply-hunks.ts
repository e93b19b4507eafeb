import { type Line, type TextForm, parseText, printText } from '../files/text-form.ts'
import { success } from '../fault.ts'
import type { Outcome } from '../workspace.ts'
import type { MatchLevel } from './find-block.ts'
import type { Hunk } from './patch-op.ts'
import { type Placed, placeHunks } from './place-hunks.ts'

export interface Patched {
  text: string
  added: number
  removed: number
  /** Levels other than `exact` that were needed. */
  loosely: MatchLevel[]
}

/**
 * Applies the hunks of one update to a file's text. Context lines stay as the file has them, new lines get the file's
 * line end, and a byte-order mark or a missing final newline is kept.
 */
export function applyHunks(path: string, text: string, hunks: readonly Hunk[]): Outcome<Patched> {
  const form = parseText(text)
  const placed = placeHunks(
    path,
    form.lines.map((line) => line.text),
    hunks,
  )
  if (!placed.ok) return placed
  const lines: Line[] = []
  let from = 0
  let added = 0
  let removed = 0
  for (const place of placed.value) {
    lines.push(...slice(form, from, place.start))
    from = place.start
    const indent = indentShift(place, form)
    for (const line of place.lines) {
      if (line.kind === '+') {
        lines.push({ text: indent(line.text), eol: '' })
        added++
        continue
      }
      const kept = form.lines[from++]
      if (line.kind === '-') removed++
      else if (kept !== undefined) lines.push(kept)
    }
  }
  lines.push(...slice(form, from, form.lines.length))
  const loosely = [...new Set(placed.value.map((place) => place.level))].filter((level) => level !== 'exact')
  return success({ text: printText({ ...form, lines }), added, removed, loosely })
}

function slice(form: TextForm, from: number, to: number): Line[] {
  return form.lines.slice(from, to)
}

/**
 * Where a hunk only matched without its indentation and all its old lines are off by the same blanks, the new lines are
 * off by them, too.
 */
function indentShift(place: Placed, form: TextForm): (text: string) => string {
  const same = (text: string) => text
  if (place.level !== 'indentation' && place.level !== 'punctuation') return same
  let shift: { add: string; drop: string } | null = null
  let at = place.start
  for (const line of place.lines) {
    if (line.kind === '+') continue
    const real = lead(form.lines[at++]?.text ?? '')
    if (line.text.trim() === '') continue
    const own = lead(line.text)
    const drop = real.endsWith(own) ? '' : own.endsWith(real) ? own.slice(0, own.length - real.length) : null
    if (drop === null) return same
    const add = real.slice(0, real.length - (own.length - drop.length))
    if (shift !== null && (shift.add !== add || shift.drop !== drop)) return same
    shift = { add, drop }
  }
  if (shift === null) return same
  const { add, drop } = shift
  return (text) =>
    text.trim() === '' ? text : add + (text.startsWith(drop) ? text.slice(drop.length) : text)
}

function lead(text: string): string {
  return /^\s*/.exec(text)?.[0] ?? ''
}
