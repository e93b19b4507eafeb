import { shown } from '../render/shown.ts'
import { CURSOR_MARKER } from '@earendil-works/pi-tui'

/** Begins every control sequence. */
export const ESC = '\u001B'

const COLOUR = new RegExp(`(${ESC}\\[[\\d;]*m)`, 'u')

/**
 * The last gate before the terminal: of a line that was drawn, nothing but text, colours and the mark of the cursor comes
 * through. Text was escaped where it became a line; this holds also where that was forgotten.
 */
export function onlyColours(line: string): string {
  return line
    .split(CURSOR_MARKER)
    .map((part) =>
      part
        .split(COLOUR)
        .map((piece, at) => (at % 2 === 1 ? piece : shown(piece).replaceAll('\n', ' ')))
        .join(''),
    )
    .join(CURSOR_MARKER)
}
