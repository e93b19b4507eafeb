import { textTokens } from './tokens.ts'

/** Moves an index so that it does not stand inside a surrogate pair. */
function safe(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code >= 0xdc00 && code <= 0xdfff ? index - 1 : index
}

/** How far a line end may be to be preferred over an exact cut. */
const NEAR = 120

function lineEnd(text: string, index: number): number {
  const at = text.lastIndexOf('\n', index)
  return at > 0 && index - at < NEAR ? at : index
}

function lineStart(text: string, index: number): number {
  const at = text.indexOf('\n', index)
  return at >= 0 && at - index < NEAR ? at + 1 : index
}

/** Length of the longest start of `text` (from its end where `back`) that costs at most `tokens`. */
function fit(text: string, ascii: boolean, tokens: number, back: boolean): number {
  if (ascii) return Math.min(text.length, tokens * 4)
  let left = tokens
  let length = 0
  for (; length < text.length; length++) {
    left -= text.charCodeAt(back ? text.length - 1 - length : length) > 126 ? 1 : 0.25
    if (left < 0) break
  }
  return length
}

/**
 * Head (40 %) and tail of a text that is over `maxTokens`, with a note between them that says how to get the rest.
 * Cuts at line ends where one is near.
 */
export function shorten(text: string, maxTokens: number, note: string): string {
  if (text.length <= maxTokens) return text
  if (text.length < maxTokens * 5 && textTokens(text) <= maxTokens) return text
  const room = Math.max(0, maxTokens - textTokens(note) - 2)
  const ascii = Buffer.byteLength(text) === text.length
  const headFit = fit(text, ascii, Math.floor(room * 0.4), false)
  if (headFit >= text.length) return text
  const head = lineEnd(text, safe(text, headFit))
  const tail = lineStart(text, safe(text, text.length - fit(text, ascii, Math.ceil(room * 0.6), true)))
  if (tail <= head) return text
  return `${text.slice(0, head)}\n${note}\n${text.slice(tail)}`
}

/** One line of at most `max` characters. */
export function oneLine(text: string, max: number): string {
  const flat = text
    .slice(0, max * 4)
    .replace(/\s+/g, ' ')
    .trim()
  return flat.length <= max ? flat : `${flat.slice(0, safe(flat, max - 1))}…`
}

/** The way to get an event back, as it is printed in the context. */
export function handle(seq: number): string {
  return `recall ref="e:${seq}"`
}
