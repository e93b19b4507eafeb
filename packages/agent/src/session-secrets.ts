import { createRedactor, type Redactor } from '@cairn/guard'
import type { Json, NewEvent, SigningKey, Store } from '@cairn/journal'

/**
 * The redactor of one session. Its salt comes from the signing key, so that a resumed session marks a secret as before and
 * nobody who has only the journal can try out values against the marks.
 */
export function sessionRedactor(options: {
  sessionId: string
  key: SigningKey
  env: NodeJS.ProcessEnv
  secrets: readonly string[]
}): Redactor {
  const { sessionId, key, env, secrets } = options
  return createRedactor({ registered: secrets, env, salt: key.sign(`cairn redaction salt ${sessionId}`) })
}

/** Rewrites every text in a value; keys stay. */
export function redactJson(value: Json, redact: (text: string) => string): Json {
  if (typeof value === 'string') return redact(value)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item) => redactJson(item, redact))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, item === undefined ? item : redactJson(item, redact)]),
  )
}

function redactEvent(event: NewEvent, redactor: Redactor): NewEvent {
  let found = false
  const redact = (text: string) => {
    const result = redactor.redactRegistered(text)
    found ||= result.found.length > 0
    return result.text
  }
  // Bodies are JSON by the contract of the journal, and stay of their kind: only texts in them change.
  const body = redactJson(event.body as Json, redact)
  if (!found) return event
  const clean = { ...event, body } as NewEvent
  // A provider's own record is signed: changed, it would be worth nothing.
  if (clean.kind === 'model.answered') delete clean.body.native
  return clean
}

/**
 * A store in which no event carries a registered secret, whoever said it: the user, the model, a file of instructions or
 * an error. Output of tools is searched for more than that where it is admitted.
 */
export function redactedStore(store: Store, redactor: Redactor): Pick<Store, 'append'> {
  return { append: (events) => store.append(events.map((event) => redactEvent(event, redactor))) }
}
