/** One line without its end; `ended` is false for a last line that has none. */
export interface Line {
  bytes: Buffer
  ended: boolean
}

const newline = 0x0a

/** Cuts a stream of bytes at newlines; holds one line in memory. */
export async function* splitLines(source: AsyncIterable<Buffer>): AsyncGenerator<Line, void> {
  let parts: Buffer[] = []
  for await (const chunk of source) {
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const piece = chunk.subarray(from, at)
      yield { bytes: parts.length === 0 ? piece : Buffer.concat([...parts, piece]), ended: true }
      parts = []
      from = at + 1
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
  }
  if (parts.length > 0) yield { bytes: Buffer.concat(parts), ended: false }
}
