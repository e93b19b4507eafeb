import { RequestError } from '@agentclientprotocol/sdk'

/** What the client did wrong, by its code; everything else is told as an error of this side. */
const ASKED_WRONGLY = new Set([
  'no-session',
  'no-turn',
  'bad-folder',
  'bad-model',
  'bad-message',
  'bad-image',
  'busy',
  'nothing-to-undo',
  'nothing-to-redo',
  'unknown-skill',
  'inactive-command',
])

const word = (error: Error, name: 'code' | 'hint'): string | null => {
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' ? value : null
}

/** An error as the protocol carries it: what happened in the message, what to do about it in `data`. */
export function requestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error
  if (!(error instanceof Error)) return RequestError.internalError(undefined, String(error))
  const [code, hint] = [word(error, 'code'), word(error, 'hint')]
  const data = code === null ? undefined : { code, ...(hint === null ? {} : { hint }) }
  const message = hint === null ? error.message : `${error.message}. ${hint}`
  if (code !== null && ASKED_WRONGLY.has(code)) return RequestError.invalidParams(data, message)
  return RequestError.internalError(data, message)
}
