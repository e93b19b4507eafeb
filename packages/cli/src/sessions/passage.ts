import { oneLine } from '../output/format.ts'

/** Like the index, which knows neither case nor accents; the length of a text stays. */
const folded = (text: string): string =>
  [...text].map((char) => (char.normalize('NFD')[0] ?? char).toLowerCase().padEnd(char.length)).join('')

/** The first place in a text where one of the terms stands, as one line of at most `width` columns. */
export function passage(text: string, terms: readonly string[], width: number): string {
  const plain = folded(text)
  const at = terms
    .map((term) => plain.indexOf(folded(term)))
    .filter((place) => place >= 0)
    .toSorted((a, b) => a - b)[0]
  const start = Math.max(0, (at ?? 0) - Math.floor(width / 3))
  const cut = text.slice(start)
  return oneLine(start > 0 ? `…${cut}` : cut, width)
}
