import type { Detection, Detector } from './detector.ts'
import type { ByteWindow } from './byte-window.ts'
import { leastSecret } from './secret-environment.ts'
import { base64Cores } from './secret-spellings.ts'

/** Longer values would need a hold-back that is longer than what a person waits for. */
const mostSecret = 16 * 1024
const isBreak = (byte: number | undefined) => byte === 10 || byte === 13

/** Every spelling in which a value is looked for: as it is, reversed, in base64, hex, percent and JSON escapes. */
function formsOf(text: string): Buffer[] {
  const value = Buffer.from(text)
  const hex = value.toString('hex')
  const base64 = base64Cores(value)
  const escaped = encodeURIComponent(text)
  const forms = [
    text,
    [...text].reverse().join(''),
    ...base64,
    ...base64.map((core) => core.replaceAll('+', '-').replaceAll('/', '_')),
    hex,
    hex.toUpperCase(),
    escaped,
    escaped.replaceAll(/%[0-9A-F]{2}/gu, (code) => code.toLowerCase()),
    JSON.stringify(text).slice(1, -1),
  ]
  return [...new Set(forms)].filter((form) => form.length >= leastSecret - 1).map((form) => Buffer.from(form))
}

/** A value, the password of one that is an address, and the lines of one that is a file. */
export function partsOf(value: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:([^/\s@]+)@/iu.exec(value)?.[1]
  const lines = value.includes('\n')
    ? value.split('\n').filter((line) => line.length >= 32 && !line.startsWith('-----'))
    : []
  return [value, ...(password === undefined ? [] : [password]), ...lines].filter(
    (part) => part.length >= leastSecret && part.length <= mostSecret,
  )
}

/**
 * Walks from `at` over the bytes of `form`, in steps of `step`, past line breaks that a tool or a terminal put in.
 * The place after the last byte; null where it does not stand there; `more` where the window ends first.
 */
function walk(
  window: ByteWindow,
  form: Uint8Array,
  index: number,
  at: number,
  step: 1 | -1,
): number | null | 'more' {
  let breaks = 0
  while (index >= 0 && index < form.length) {
    if (at < 0) return null
    if (at >= window.length) return window.final ? null : 'more'
    const byte = window.bytes[at]
    if (byte === form[index]) {
      index += step
      breaks = 0
    } else if (isBreak(byte) && breaks < 2) breaks += 1
    else return null
    at += step
  }
  return at
}

/** A second place to begin from, in case a line break splits the beginning of a form. Within `lookBehind`. */
const secondAnchor = 8

function detectForm(
  window: ByteWindow,
  form: Uint8Array,
  value: Uint8Array,
  offset: number,
  at: number,
): Detection {
  const before = walk(window, form, offset - 1, at - 1, -1)
  if (typeof before !== 'number') return null
  const start = before + 1
  const end = walk(window, form, offset, at, 1)
  if (end === null) return null
  return end === 'more' ? { more: true, start } : { start, end, kind: 'registered', value }
}

/** Detectors for values that are known to be secret, in every form in which a command could print them at once. */
export function literalDetectors(values: readonly string[]): Detector[] {
  const parts = [...new Set(values.flatMap(partsOf))]
  return parts.flatMap((part) => {
    const value = Buffer.from(part)
    return formsOf(part).flatMap((form) => {
      const offsets = form.length >= secondAnchor + 3 ? [0, secondAnchor] : [0]
      return offsets.map((offset): Detector => ({
        kind: 'registered',
        start: form.subarray(offset, offset + 3),
        detect: (window, at) => detectForm(window, form, value, offset, at),
      }))
    })
  })
}
