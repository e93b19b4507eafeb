import { fault, success } from '../fault.ts'
import { parseText } from '../files/text-form.ts'
import { describeNearest, listPlaces } from '../patch/mismatch-report.ts'
import type { Outcome } from '../workspace.ts'

/**
 * The text after replacing `oldText` by `newText`. Without `all` there must be exactly one occurrence. Line ends follow the
 * file: a model writes LF, whatever the file has.
 */
export function planEdit(
  path: string,
  text: string,
  oldText: string,
  newText: string,
  all: boolean,
): Outcome<{ text: string; count: number }> {
  const crlf = parseText(text).eol === '\r\n'
  const variants = crlf ? [oldText, toCrlf(oldText), toLf(oldText)] : [oldText, toLf(oldText)]
  const target = variants.find((variant) => text.includes(variant))
  if (target === undefined) {
    const nearest = describeNearest(
      path,
      toLf(text).split('\n'),
      toLf(oldText).replace(/\n$/, '').split('\n'),
    )
    return fault(
      'mismatch',
      `The old text is not in ${path}. Nothing was written.\n${nearest}\nCopy the old text exactly from the file.`,
    )
  }
  const places = occurrences(text, target)
  if (places.length > 1 && !all) {
    const lines = places.map((place) => lineOf(text, place) - 1)
    return fault(
      'ambiguous',
      `The old text stands in ${places.length} places of ${path} (lines ${listPlaces(lines)}). Nothing was written. ` +
        'Add surrounding lines until it is unique, or ask for all of them.',
    )
  }
  const replacement = crlf ? toCrlf(newText) : target === oldText ? newText : toLf(newText)
  if (replacement === target)
    return fault(
      'bad-patch',
      `Old and new text are the same, so ${path} would not change. Give the text you want.`,
    )
  if (!all) return success({ text: text.replace(target, () => replacement), count: 1 })
  const parts = text.split(target)
  return success({ text: parts.join(replacement), count: parts.length - 1 })
}

/** Overlapping ones count: replacing either of them would be a guess. */
function occurrences(text: string, target: string): number[] {
  const places: number[] = []
  for (let at = text.indexOf(target); at >= 0; at = text.indexOf(target, at + 1)) places.push(at)
  return places
}

function lineOf(text: string, place: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < place; at = text.indexOf('\n', at + 1)) line++
  return line
}

function toLf(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

function toCrlf(text: string): string {
  return toLf(text).replaceAll('\n', '\r\n')
}
