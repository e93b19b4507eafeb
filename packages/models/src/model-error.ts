/** What can go wrong with a model call. Codes are stable; messages are not. */
export type ModelErrorCode =
  /** No key for a provider that needs one. */
  | 'no-key'
  /** A model reference that names no known provider or lacks a base URL. */
  | 'bad-ref'
  /** 401 or 403. */
  | 'auth'
  /** Nothing listens at the address, or the name does not resolve. */
  | 'unreachable'
  /** 5xx after all retries. */
  | 'server'
  /** 429 after all retries, or with a wait that is too long to sit out. */
  | 'rate-limited'
  /** Credit or monthly quota used up: waiting does not help. */
  | 'quota'
  /** The stream ended before its end marker, after all retries. */
  | 'cut'
  /** No bytes for the idle time, after all retries. */
  | 'timeout'
  /** Something that is not the wire format (HTML of a proxy, broken JSON). */
  | 'bad-response'
  /** The request is longer than the model's window. */
  | 'context-overflow'
  /** 413: the request has too many bytes. */
  | 'too-large'
  /** Refused by a content or safety policy. */
  | 'policy'
  /** Encrypted reasoning or a signature that the provider does not accept: drop `Item.native` and send again. */
  | 'bad-native'
  /** Any other 4xx. */
  | 'bad-request'
  | 'aborted'
  /** A replayed request differs from the recorded one. */
  | 'replay-mismatch'

/**
 * The one error type of this room. `message` says what happened and why, `hint` what to do; `status` is the HTTP status
 * and `retryAfterMs` the wait that the provider asked for, where there is one.
 */
export class ModelError extends Error {
  override readonly name = 'ModelError'
  readonly code: ModelErrorCode
  readonly hint: string | undefined
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined

  constructor(
    code: ModelErrorCode,
    message: string,
    facts: { hint?: string; status?: number; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.hint = facts.hint
    this.status = facts.status
    this.retryAfterMs = facts.retryAfterMs
  }
}
