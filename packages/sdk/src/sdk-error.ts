/**
 * What went wrong, by a stable code: those of cairn (`no-session`, `busy`, `bad-folder`, `bad-model`, …), or
 * `not-started` (the command could not be started), `gone` (it ended), `request` (it refused without a code).
 */
export class CairnError extends Error {
  override readonly name = 'CairnError'
  readonly code: string
  /** What to do about it; may be empty. */
  readonly hint: string
  constructor(code: string, message: string, hint = '', options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}

function textOf(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null) return null
  const found: unknown = Reflect.get(value, name)
  return typeof found === 'string' ? found : null
}

/** An error of the wire as one of this library. */
export function cairnError(error: unknown): CairnError {
  if (error instanceof CairnError) return error
  const message = error instanceof Error ? error.message : String(error)
  const data = typeof error === 'object' && error !== null && 'data' in error ? error.data : null
  return new CairnError(textOf(data, 'code') ?? 'request', message, textOf(data, 'hint') ?? '', {
    cause: error,
  })
}
