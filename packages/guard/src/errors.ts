/** Thrown where the guard cannot give a boundary or refuses an action. `hint` says what to do about it. */
export class GuardError extends Error {
  override readonly name = 'GuardError'
  readonly code: 'no-sandbox' | 'refused' | 'bad-policy' | 'bad-trust' | 'bad-scope' | 'unsafe-git'
  readonly hint: string
  constructor(code: GuardError['code'], message: string, hint: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}
