/** Thrown where the terminal is asked for something that is not there. `hint` says what to do about it. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError'
  readonly code: 'no-process' | 'closed'
  readonly hint: string
  constructor(code: TerminalError['code'], message: string, hint: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}
