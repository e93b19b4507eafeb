/** Thrown where a review cannot be done as asked. `hint` says what to do about it. */
export class ReviewError extends Error {
  override readonly name = 'ReviewError'
  readonly code:
    | 'bad-sarif'
    | 'bad-baseline'
    | 'bad-database'
    | 'no-such-finding'
    | 'bad-attestation'
    | 'bad-repository'
    | 'no-such-path'
    | 'nothing-to-commit'
    | 'not-committed'
    | 'bad-answer'
  readonly hint: string
  constructor(code: ReviewError['code'], message: string, hint: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}
