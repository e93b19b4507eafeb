import type { Event } from '@cairn/journal'

const decoder = new TextDecoder()

/** What an event showed the model, as readable text. `call` texts are decoded arguments. */
export function eventText(event: Event): string {
  switch (event.kind) {
    case 'user.message':
    case 'harness.message':
    case 'note.written':
      return event.body.text
    case 'instructions.loaded':
      return event.body.files.map((file) => `${file.path}\n${file.text}`).join('\n')
    case 'ledger.inherited':
      return event.body.entries.map((entry) => entry.text).join('\n')
    case 'model.answered':
      return event.body.parts
        .map((part) => (part.type === 'call' ? `[call ${part.tool}] ${part.args}` : part.text))
        .join('\n')
    case 'tool.done':
      return event.body.output
    default:
      return JSON.stringify(event.body, null, 2)
  }
}

/** Bytes [from, to) as text; a cut character shows as the replacement sign. */
export function byteRange(bytes: Uint8Array, [from, to]: readonly [number, number]): string {
  return decoder.decode(bytes.subarray(Math.max(0, from), Math.max(from, to)))
}

export function asText(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** Lines [first, last], 1-based and inclusive, found without splitting the whole text. */
export function lineRange(text: string, [first, last]: readonly [number, number]): string {
  let start = 0
  for (let line = 1; line < first; line++) {
    const next = text.indexOf('\n', start)
    if (next < 0) return ''
    start = next + 1
  }
  let end = start
  for (let line = Math.max(1, first); line <= last; line++) {
    const next = text.indexOf('\n', end)
    if (next < 0) return text.slice(start)
    end = next + 1
  }
  return text.slice(start, Math.max(start, end - 1))
}
