/** What stops a session from being found, opened or driven. `hint` says what to do. */
export class DriveError extends Error {
  override readonly name = 'DriveError'
  readonly code:
    | 'no-session'
    | 'no-turn'
    | 'bad-folder'
    | 'bad-model'
    | 'bad-message'
    | 'busy'
    | 'closed'
    | 'data-folder'
  readonly hint: string
  constructor(code: DriveError['code'], message: string, hint: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}
