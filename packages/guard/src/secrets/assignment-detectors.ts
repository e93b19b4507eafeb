import { byteSet } from './byte-window.ts'
import type { ByteWindow } from './byte-window.ts'
import type { Detection, Detector } from './detector.ts'
import { entropy } from './entropy.ts'

const longestValue = 512
const quoted = byteSet('A-Za-z0-9+/=_.~!@#$%^&*:;,?|<>(){}[]-')
const bare = byteSet('A-Za-z0-9+/=_.~!@#$%^&*-')
const name = byteSet('A-Za-z0-9_-')
const blank = byteSet(' \t')
const quotes = byteSet('\'"`')

/** Words that name a secret. `alone`: the word needs another one before it (`key` alone names anything). */
const words: readonly { word: string; before?: RegExp }[] = [
  {
    word: 'key',
    before: /(?:api|access|private|secret|auth|account|encryption|signing|master|service)[_-]?$/iu,
  },
  { word: 'secret' },
  { word: 'token' },
  { word: 'password' },
  { word: 'passwd' },
  { word: 'passphrase' },
  { word: 'pwd' },
  { word: 'credential' },
]

/** Ends of names that say something about a secret. */
const about =
  /(?:names?|refs?|ids?|path|file|ur[li]|types?|env|length|size|count|endpoint|hash|arn|version|field|label|limit|expir\w*|ttl|at|policy|rules?)$/iu
const sample =
  /^\[secret:|example|placeholder|changeme|your[_-]?|^<|^\$|\$\{|\{\{|^%|x{6}|\*{4}|\.\.\.|process\.env|env\[|^(.)\1+$/iu
const path = /^(?:[A-Za-z_$][\w$]*)(?:\.[A-Za-z_$][\w$]*)+$|^\.{0,2}\/|:\/\/|\(|\)/u

/** Whether a value looks made by chance rather than written by a person as code. */
function looksRandom(value: string, bits: number, isQuoted: boolean, isPassword: boolean): boolean {
  if (sample.test(value) || path.test(value)) return false
  const kinds = [/[a-z]/u, /[A-Z]/u, /[0-9]/u, /[^A-Za-z0-9]/u].filter((kind) => kind.test(value)).length
  if (kinds < 2 || !/[0-9]/u.test(value) || /^[\d.,:+-]+$/u.test(value)) return false
  if (isPassword && isQuoted) return value.length >= 8 && bits >= 2.5
  if (isPassword) return value.length >= 10 && bits >= 2.8
  return value.length >= 16 && bits >= 3
}

/** `name = "value"` where the name says that the value is secret and the value looks like one. */
function assignmentDetector(word: string, before: RegExp | undefined): Detector {
  const start = Buffer.from(word)
  const isPassword = word.startsWith('p')
  return {
    kind: isPassword ? 'password' : 'assignment',
    start,
    detect(window, at) {
      if (before !== undefined && name[window.bytes[at - 1] ?? 0] === 0) return null
      if (!sameWord(window, start, at))
        return at + start.length > window.length && !window.final ? idle(at) : null
      const nameEnd = Math.min(window.runEnd(name, at), at + 64)
      let next = nameEnd
      if (window.bytes[next] === 92) next += 1
      if (quotes[window.bytes[next] ?? 0] === 1) next += 1
      next = Math.min(window.runEnd(blank, next), next + 8)
      if (next >= window.length) return window.final ? null : idle(at)
      if (window.bytes[next] !== 61 && window.bytes[next] !== 58) return null
      if (nameEnd > at + start.length && about.test(latin(window, at + start.length, nameEnd))) return null
      if (before?.test(latin(window, Math.max(0, at - 16), at)) === false) return null
      next = Math.min(window.runEnd(blank, next + 1), next + 9)
      if (next >= window.length) return window.final ? null : idle(at)
      const escaped = window.bytes[next] === 92 ? 1 : 0
      const quote = window.bytes[next + escaped] ?? 0
      const isQuoted = quotes[quote] === 1
      const first = isQuoted ? next + escaped + 1 : next
      const end = Math.min(window.runEnd(isQuoted ? quoted : bare, first), first + longestValue)
      if (end === window.length && !window.final) return end === first ? idle(at) : wait(at)
      if (end - first < 8 || end === first + longestValue) return null
      const after = window.bytes[end]
      if (
        isQuoted
          ? after !== quote && after !== 92
          : after !== undefined &&
            after > 32 &&
            after !== 44 &&
            after !== 59 &&
            after !== quote &&
            quotes[after] !== 1
      )
        return null
      if (!looksRandom(latin(window, first, end), entropy(window.bytes, first, end), isQuoted, isPassword))
        return null
      return { start: first, end, kind: isPassword ? 'password' : 'assignment', value: null }
    },
  }
}

const bearerValue = byteSet('A-Za-z0-9._~+/=-')

/** `Bearer …` and `Basic …` of an Authorization header. Source: RFC 6750, RFC 7617. */
function headerDetector(scheme: string, needsHeader: boolean): Detector {
  const start = Buffer.from(`${scheme} `)
  return {
    kind: 'bearer',
    start,
    detect(window, at) {
      if (!sameWord(window, start, at))
        return at + start.length > window.length && !window.final ? idle(at) : null
      if (
        needsHeader &&
        !/authorization['"]?\s*[:=]\s*['"]?$/iu.test(latin(window, Math.max(0, at - 24), at))
      )
        return null
      const first = at + start.length
      const end = Math.min(window.runEnd(bearerValue, first), first + 4096)
      if (end === window.length && !window.final) return end === first ? idle(at) : wait(at)
      if (end - first < 16) return null
      const value = latin(window, first, Math.min(end, first + 64))
      if (sample.test(value) || !/[0-9]/u.test(value) || !/[A-Za-z]/u.test(value)) return null
      if (entropy(window.bytes, first, end) < 3) return null
      return { start: first, end, kind: 'bearer', value: null }
    },
  }
}

const wait = (start: number): Detection => ({ more: true, start })
const idle = (start: number): Detection => ({ more: true, start, idle: true })

const latin = (window: ByteWindow, start: number, end: number): string =>
  Buffer.from(window.bytes.buffer, window.bytes.byteOffset + start, end - start).toString('latin1')

/** Whether the word stands at `at`, in whatever case. */
function sameWord(window: ByteWindow, word: Uint8Array, at: number): boolean {
  if (at + word.length > window.length) return false
  for (let index = 0; index < word.length; index++)
    if (((window.bytes[at + index] ?? 0) | 32) !== ((word[index] ?? 0) | 32)) return false
  return true
}

/** Detectors for secrets that only their name gives away: entropy counts nowhere but in an assignment. */
export function assignmentDetectors(): Detector[] {
  return [
    ...words.map(({ word, before }) => assignmentDetector(word, before)),
    headerDetector('bearer', false),
    headerDetector('basic', true),
  ]
}
