/** Stable codes of the errors of this package. */
export type ContextErrorCode = 'unfittable'

const MARK = Symbol.for('cairn.context.error')

/**
 * The only error the engine throws. `unfittable`: system text, tool declarations and pinned instructions alone are
 * over the window, so that no request can be built; `facts` holds the sizes in tokens.
 */
export class ContextError extends Error {
  readonly code: ContextErrorCode
  readonly facts: Readonly<Record<string, number>>
  readonly [MARK] = true

  constructor(code: ContextErrorCode, message: string, facts: Record<string, number>) {
    super(message)
    this.name = 'ContextError'
    this.code = code
    this.facts = facts
  }

  /** Works across copies of this package, where `instanceof` does not. */
  static isInstance(value: unknown): value is ContextError {
    return typeof value === 'object' && value !== null && MARK in value
  }
}
