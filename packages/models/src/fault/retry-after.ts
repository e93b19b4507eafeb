/**
 * How long a provider asks to wait, in milliseconds; null where it does not say. Read are, in this order:
 * `retry-after-ms`, `retry-after` in seconds or as an HTTP date (RFC 9110 §10.2.3), Google's `retryDelay`, and the
 * wordings of error messages ("try again in 1.5s", "in 20 seconds", "in 350ms", "in 1m30s").
 */
export function retryAfterMs(headers: Headers | undefined, body: string, now: number): number | null {
  const ms = Number.parseFloat(headers?.get('retry-after-ms') ?? '')
  if (Number.isFinite(ms) && ms >= 0) return Math.ceil(ms)
  const after = headers?.get('retry-after')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(after)) return Math.ceil(Number(after) * 1000)
  const date = after === '' ? Number.NaN : Date.parse(after)
  if (Number.isFinite(date)) return Math.max(0, date - now)
  const delay = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body)
  if (delay) return Math.ceil(Number(delay[1]) * 1000)
  return waitInWords(body)
}

const WORDS =
  /(?:try again|retry|wait)[^.\d]{0,40}?(?:(\d+)\s*m(?:in(?:ute)?s?)?\s*)?(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|sec(?:ond)?s?|m|min(?:ute)?s?)\b/i

function waitInWords(text: string): number | null {
  const match = WORDS.exec(text)
  if (!match) return null
  const unit = (match[3] ?? '').toLowerCase()
  const scale = unit.startsWith('ms') || unit.startsWith('milli') ? 1 : unit.startsWith('m') ? 60_000 : 1000
  return Math.ceil(Number(match[1] ?? 0) * 60_000 + Number(match[2]) * scale)
}
