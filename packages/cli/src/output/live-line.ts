/** A line at the bottom of a terminal that is written over; nothing at all where there is no terminal. */
export interface LiveLine {
  set(text: string): void
  /** Takes the line away, so that ordinary text can be written. */
  clear(): void
}

export function createLiveLine(
  stream: { write(text: string): unknown; isTTY?: boolean; columns?: number },
  env: NodeJS.ProcessEnv,
): LiveLine {
  if (stream.isTTY !== true || env['TERM'] === 'dumb' || env['CI'] !== undefined)
    return { set: () => undefined, clear: () => undefined }
  let shown = ''
  return {
    set(text) {
      const line = text.slice(0, Math.max(10, (stream.columns ?? 80) - 1))
      if (line === shown) return
      shown = line
      stream.write(`\r\u001B[K${line}`)
    },
    clear() {
      if (shown === '') return
      shown = ''
      stream.write('\r\u001B[K')
    },
  }
}
