/** The state of a terminal's screen, fed with what a process prints. */
export interface Screen {
  /** Bytes that were fed but not worked on yet. */
  readonly pending: number
  feed(chunk: Buffer, done: () => void): void
  /** The screen as text where the process uses the alternate screen, else null. */
  read(): Promise<string | null>
  close(): void
}

/** Loads the terminal emulator and makes a screen of this size. `answer` gets what a terminal replies to queries. */
export const createScreen = async (
  size: { rows: number; cols: number },
  answer: (text: string) => void,
): Promise<Screen> => {
  const { default: headless } = await import('@xterm/headless')
  const terminal = new headless.Terminal({ ...size, allowProposedApi: true, scrollback: 0 })
  terminal.onData(answer)
  let pending = 0
  return {
    get pending() {
      return pending
    },
    feed(chunk, done) {
      pending += chunk.length
      terminal.write(chunk, () => {
        pending -= chunk.length
        done()
      })
    },
    async read() {
      await new Promise<void>((resolve) => terminal.write('', resolve))
      const buffer = terminal.buffer.active
      if (buffer.type !== 'alternate') return null
      const lines = Array.from(
        { length: terminal.rows },
        (_, row) => buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '',
      )
      return lines.join('\n').replace(/\n+$/u, '')
    },
    close: () => terminal.dispose(),
  }
}
