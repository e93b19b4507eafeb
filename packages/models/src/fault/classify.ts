import { StreamCut } from '../codec/stream-events.ts'
import { ModelError, type ModelErrorCode } from '../model-error.ts'
import type { Exchange } from './observed-fetch.ts'
import { retryAfterMs } from './retry-after.ts'

/** A failed attempt: the error that ends the call unless it is tried again, and how. */
export interface Fault {
  error: ModelError
  /**
   * `never`: final. `backoff`: after a growing pause. `at-once`: the first time without a pause. `quick`: a few short
   * tries. `asked`: after the pause that the provider asked for (`error.retryAfterMs`).
   */
  retry: 'never' | 'backoff' | 'at-once' | 'quick' | 'asked'
}

/** Says what a failed attempt was, from what the exchange shows and the exception tells. `now` in epoch milliseconds. */
export function classify(thrown: unknown, exchange: Exchange, now: number): Fault {
  if (thrown instanceof ModelError) return { error: thrown, retry: 'never' }
  if (exchange.url === undefined && !exchange.idle) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    const hint = 'this is a fault of the request or of the codec, not of the provider'
    return fault('bad-request', 'never', `the request could not be put into this API's form: ${why}`, {
      hint,
      cause: thrown,
    })
  }
  const status = exchange.status ?? field(thrown, 'statusCode', 'number')
  if (exchange.idle)
    return fault('timeout', 'at-once', 'no bytes from the model for the whole idle time', { cause: thrown })
  if (exchange.connectError !== undefined) return connection(exchange, thrown)
  if (status !== undefined && status >= 400)
    return httpFault(status, describe(thrown, exchange), exchange, now, thrown)
  const told = toldByProvider(thrown, exchange)
  const known = told === null ? null : streamFault(told, exchange, now, thrown)
  if (known) return known
  if (looksForeign(exchange)) return badResponse(exchange, thrown)
  if (
    thrown instanceof StreamCut ||
    exchange.bodyError !== undefined ||
    /without a finish reason/.test(String(thrown))
  ) {
    return fault('cut', 'at-once', 'the connection ended in the middle of the answer', { cause: thrown })
  }
  return badResponse(exchange, thrown)
}

type Facts = { hint?: string; status?: number; retryAfterMs?: number; cause?: unknown }

function fault(code: ModelErrorCode, retry: Fault['retry'], message: string, facts: Facts): Fault {
  return { error: new ModelError(code, message, { ...facts, cause: withoutRequest(facts.cause) }), retry }
}

/** The provider packages' errors carry the whole request; kept as a cause it would stay in memory and reach logs. */
function withoutRequest(cause: unknown): unknown {
  return cause instanceof Error && 'requestBodyValues' in cause ? cause.cause : cause
}

function connection(exchange: Exchange, cause: unknown): Fault {
  const origin = exchange.url === undefined ? 'the model server' : new URL(exchange.url).origin
  const code = codeOf(exchange.connectError)
  if (
    code !== undefined &&
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNABORTED|UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/.test(
      code,
    )
  ) {
    const hint = `is the server running at ${origin}? Check the base URL and the network`
    return fault('unreachable', 'quick', `cannot connect to ${origin} (${code})`, { hint, cause })
  }
  if (code !== undefined && /CERT|SSL|TLS|SELF_SIGNED/.test(code)) {
    const hint = 'if a company proxy re-signs traffic, set NODE_EXTRA_CA_CERTS to its certificate'
    return fault('unreachable', 'never', `the certificate of ${origin} was not accepted (${code})`, {
      hint,
      cause,
    })
  }
  const why = code === undefined ? '' : ` (${code})`
  return fault('cut', 'at-once', `the connection to ${origin} broke before an answer came${why}`, { cause })
}

const OVERFLOW =
  /context_length_exceeded|context.{0,20}(length|window|size).{0,60}(exceed|too (long|large)|maximum)|maximum context length|prompt is too long|input is too long|exceeds? the (available )?context|input token count.{0,40}exceeds|too many (input )?tokens|model_max_prompt_tokens_exceeded|exceed_context_size/i
const POLICY =
  /content_policy|cyber_policy|content_filter|policy_violation|usage polic|invalid_prompt|safety (system|policy|reasons)|bio_policy|PROHIBITED_CONTENT/i
const QUOTA =
  /insufficient_quota|billing|credit balance|exceeded your current quota|insufficient (balance|credits|funds)|usage_limit_reached|quota_exceeded|payment required/i
const BAD_NATIVE =
  /invalid_encrypted_content|encrypted[_ ]content|invalid.{0,20}`?signature`?.{0,40}thinking|thinking.{0,60}signature|thought_?signature|provided without its required/i

function httpFault(status: number, body: string, exchange: Exchange, now: number, cause: unknown): Fault {
  const wait = retryAfterMs(exchange.headers, body, now)
  const said = messageIn(body)
  const facts: Facts = { status, cause, ...(wait !== null && { retryAfterMs: wait }) }
  const final = (code: ModelErrorCode, hint: string) =>
    fault(code, 'never', `HTTP ${status}: ${said}`, { ...facts, hint })
  if (status !== 429 && status < 500) {
    if (POLICY.test(body))
      return final('policy', 'the provider refuses this request; change it before sending it again')
    if (BAD_NATIVE.test(body))
      return final('bad-native', 'send the history again without the reasoning of earlier answers')
  }
  // Some local servers report it as 500.
  if (OVERFLOW.test(body)) {
    return final(
      'context-overflow',
      'the request is longer than the window of the model: compact the history',
    )
  }
  if (status === 402 || (status < 500 && QUOTA.test(body) && !perMinute(body))) {
    return final(
      'quota',
      'credit or quota is used up: look at the billing page of the provider, or use another model',
    )
  }
  if (status === 401 || status === 403)
    return final('auth', 'check the API key and whether it may use this model')
  if (status === 413)
    return final('too-large', 'the request has too many bytes: send fewer or smaller images')
  if (status === 429) {
    return fault('rate-limited', wait === null ? 'backoff' : 'asked', `HTTP 429: ${said}`, {
      ...facts,
      hint: 'the provider limits the rate: wait, or use another model',
    })
  }
  if (status >= 500 || status === 408 || status === 409 || status === 425) {
    const hint = 'the provider has trouble: try again later, or use another model'
    return fault('server', wait === null ? 'backoff' : 'asked', `HTTP ${status}: ${said}`, { ...facts, hint })
  }
  if (status === 404) return final('bad-request', 'check the model id and the base URL')
  return final('bad-request', 'the provider does not accept this request')
}

/** Google counts requests per minute as "quota" too: those are worth waiting for. */
function perMinute(body: string): boolean {
  return /per.?minute|retryDelay/i.test(body)
}

/** Faults that a provider reports inside a stream that began with 200. */
function streamFault(text: string, exchange: Exchange, now: number, cause: unknown): Fault | null {
  if (POLICY.test(text) || OVERFLOW.test(text) || BAD_NATIVE.test(text)) {
    return httpFault(400, text, exchange, now, cause)
  }
  if (QUOTA.test(text) && !perMinute(text)) return httpFault(402, text, exchange, now, cause)
  if (/rate.?limit|too many requests|RESOURCE_EXHAUSTED/i.test(text))
    return httpFault(429, text, exchange, now, cause)
  if (/overloaded|server_error|api_error|internal|unavailable|timeout/i.test(text)) {
    return httpFault(529, text, exchange, now, cause)
  }
  return null
}

/**
 * What the provider itself says about an error inside a stream. Null where the exception is about bytes that could not
 * be read: those may be words of the model, which must not be taken for an error message.
 */
function toldByProvider(thrown: unknown, exchange: Exchange): string | null {
  if (/^\s*\{\s*"error"/.test(exchange.excerpt)) return exchange.excerpt
  if (!(thrown instanceof Error)) return JSON.stringify(thrown) ?? null
  if (thrown.name === 'AI_JSONParseError') return null
  if (thrown.name === 'AI_TypeValidationError') {
    const value: unknown = 'value' in thrown ? thrown.value : undefined
    const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : undefined
    return error === undefined ? null : JSON.stringify(error)
  }
  return describe(thrown, exchange)
}

function badResponse(exchange: Exchange, cause: unknown): Fault {
  const excerpt = exchange.excerpt.replace(/\s+/g, ' ').trim().slice(0, 160)
  const what = excerpt === '' ? 'an empty body' : JSON.stringify(excerpt)
  const hint = 'a proxy or another service may be answering at this address: check the base URL'
  return fault('bad-response', 'backoff', `the answer is not what this API sends: ${what}`, { hint, cause })
}

const STARTS = ['data:', 'event:', 'id:', 'retry:', ':']

/** Whether the body began as something else than an event stream: HTML of a proxy, a JSON page, binary, plain words. */
function looksForeign(exchange: Exchange): boolean {
  const start = exchange.excerpt.replace(/^\uFEFF/, '').trimStart()
  return start !== '' && !STARTS.some((marker) => start.startsWith(marker) || marker.startsWith(start))
}

/** All that is known in words: the response body, the message, and the provider's own error object. */
function describe(thrown: unknown, exchange: Exchange): string {
  const body = field(thrown, 'responseBody', 'string')
  if (body !== undefined && body !== '') return body
  const message = thrown instanceof Error ? thrown.message : ''
  const data = typeof thrown === 'object' && thrown !== null && 'data' in thrown ? thrown.data : undefined
  const facts = thrown instanceof Error ? data : thrown
  const told = facts === undefined ? '' : (JSON.stringify(facts) ?? '')
  const seen = exchange.status !== undefined && exchange.status >= 400 ? exchange.excerpt : ''
  return [message, told, seen].filter((part) => part !== '').join(' ') || 'no details'
}

/** The provider's own sentence out of a JSON body, cut to a readable length. */
function messageIn(body: string): string {
  const match = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)
  const text = match?.[1] === undefined ? body : match[1].replace(/\\n/g, ' ').replace(/\\(.)/g, '$1')
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

function codeOf(thrown: unknown): string | undefined {
  let error: unknown = thrown
  for (let depth = 0; depth < 5 && typeof error === 'object' && error !== null; depth++) {
    const code = field(error, 'code', 'string')
    if (code !== undefined) return code
    if ('errors' in error && Array.isArray(error.errors)) error = error.errors[0]
    else error = 'cause' in error ? error.cause : undefined
  }
  return undefined
}

function field(value: unknown, name: string, type: 'string'): string | undefined
function field(value: unknown, name: string, type: 'number'): number | undefined
function field(value: unknown, name: string, type: 'string' | 'number'): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) return undefined
  const found: unknown = Reflect.get(value, name)
  return typeof found === type ? found : undefined
}
