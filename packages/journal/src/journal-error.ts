/** Stable reasons for which the journal refuses or fails. */
export type JournalErrorCode =
  | 'locked'
  | 'lease-lost'
  | 'read-only'
  | 'closed'
  | 'busy'
  | 'bad-event'
  | 'bad-session-id'
  | 'not-found'
  | 'not-a-journal'
  | 'newer-version'
  | 'wrong-session'
  | 'corrupt'
  | 'disk-full'
  | 'io'
  | 'no-data-dir'
  | 'bad-key'
  | 'bad-anchor'
  | 'no-event'
  | 'unsigned'

const mark = Symbol.for('cairn.journal.error')

/** An error of the journal: `message` says what happened and why, `hint` what to do, `facts` what it is about. */
export class JournalError extends Error {
  override readonly name = 'JournalError'
  readonly code: JournalErrorCode
  readonly hint: string
  readonly facts: Readonly<Record<string, string | number | null>>
  readonly [mark] = true

  constructor(
    code: JournalErrorCode,
    message: string,
    hint: string,
    facts: Record<string, string | number | null> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.hint = hint
    this.facts = facts
  }

  /** Recognises the error across copies of this package. */
  static isInstance(error: unknown): error is JournalError {
    return typeof error === 'object' && error !== null && mark in error
  }
}
