import { byteSet, standsAt } from './byte-window.ts'
import type { ByteWindow } from './byte-window.ts'
import type { Detection, Detector } from './detector.ts'

const text = (window: ByteWindow, start: number, end: number): string =>
  Buffer.from(window.bytes.buffer, window.bytes.byteOffset + start, end - start).toString('latin1')

const more = (start: number): Detection => ({ more: true, start })

const dot = 46
const longestJwt = 16 * 1024

/** JSON Web Tokens: three parts, the first of which begins with `{"`. Source: RFC 7519. */
function jwtDetector(): Detector {
  const before = byteSet('A-Za-z0-9_-')
  // One set a part, because the window remembers one run a set.
  const parts = [0, 1, 2].map(() => byteSet('A-Za-z0-9_-'))
  return {
    kind: 'jwt',
    start: Buffer.from('eyJ'),
    detect(window, at) {
      if (at > 0 && before[window.bytes[at - 1] ?? 0] === 1) return null
      if (window.bytes[at] !== 101 || window.bytes[at + 1] !== 121 || window.bytes[at + 2] !== 74) return null
      let end = at
      for (const [index, part] of parts.entries()) {
        const first = end + (index === 0 ? 0 : 1)
        end = Math.min(window.runEnd(part, first), at + longestJwt)
        if (end === at + longestJwt) break
        if (end === window.length && !window.final) return more(at)
        if (end - first < 10) return null
        if (index < 2 && window.bytes[end] !== dot) return null
      }
      return { start: at, end, kind: 'jwt', value: null }
    },
  }
}

const placeholder =
  /^(?:\*+|x+|\.+|pass(?:word|wd)?|secret|pwd|user(?:name)?|token|example|changeme|test|\$.*|<.*|%.*|\{.*)$/iu

/** `scheme://user:password@host`: the password. */
function addressDetector(): Detector {
  const user = byteSet("A-Za-z0-9._~%!$&'()*+,;=-")
  const password = byteSet("A-Za-z0-9._~%!$&'()*+,;=:#?{}<>^|-")
  const scheme = byteSet('A-Za-z0-9+.')
  const longest = 256
  return {
    kind: 'password',
    start: Buffer.from('://'),
    detect(window, at) {
      if (at === 0 || scheme[window.bytes[at - 1] ?? 0] === 0) return null
      if (window.bytes[at] !== 58 || window.bytes[at + 1] !== 47 || window.bytes[at + 2] !== 47) return null
      const name = Math.min(window.runEnd(user, at + 3), at + 3 + longest)
      if (name === window.length && !window.final) return more(at)
      if (window.bytes[name] !== 58) return null
      const end = Math.min(window.runEnd(password, name + 1), name + 1 + longest)
      if (end === window.length && !window.final) return more(at)
      if (window.bytes[end] !== 64 || end - name < 4 || placeholder.test(text(window, name + 1, end)))
        return null
      return { start: name + 1, end, kind: 'password', value: null }
    },
  }
}

const longestKey = 32 * 1024
/** What belongs to a key whose end is not there: headers, and lines of base64. */
const keyLines = /^(?:(?:\\[nr]|\s)+(?:[A-Z][\w-]*:[^\n\\]*|(?:[A-Za-z0-9+/=]|\\(?![nr])){16,}))+/u

const privateKey = Buffer.from('PRIVATE KEY')

/** Whether the label between two places says that it is a private key. */
function names(window: ByteWindow, from: number, to: number): boolean {
  for (let at = from; at + privateKey.length <= to; at++)
    if (standsAt(window, privateKey, at) === true) return true
  return false
}

/** Private keys in PEM, also with their line breaks escaped, and also where the end was cut off. Source: RFC 7468. */
function privateKeyDetector(): Detector {
  const label = byteSet('A-Z0-9 ')
  const body = byteSet('A-Za-z0-9+/=\r\n\\ \t:,')
  const fence = Buffer.from('-----')
  const ending = Buffer.from('-----END ')
  return {
    kind: 'private-key',
    start: Buffer.from('BEGIN '),
    detect(window, at) {
      const start = at - fence.length
      if (start < 0 || standsAt(window, fence, start) !== true) return null
      const head = Math.min(window.runEnd(label, at), at + 64)
      if (head === window.length && !window.final) return more(start)
      if (!names(window, at, head)) return null
      const open = standsAt(window, fence, head)
      if (open === null) return more(start)
      if (!open) return null
      const first = head + fence.length
      let end = first
      // A single dash stands in the headers of an encrypted key.
      for (let dashes = 0; dashes < 16; dashes++) {
        end = Math.min(window.runEnd(body, end), first + longestKey)
        if (end === first + longestKey) break
        if (end === window.length && !window.final) return more(start)
        const ends = standsAt(window, ending, end)
        if (ends === null) return more(start)
        if (ends) {
          const close = window.runEnd(label, end + ending.length)
          if (close + fence.length > window.length && !window.final) return more(start)
          if (end - first < 40) return null
          return {
            start,
            end: Math.min(window.length, close + fence.length),
            kind: 'private-key',
            value: null,
          }
        }
        if (window.bytes[end] !== 45 || window.bytes[end + 1] === 45) break
        end += 1
      }
      // Shorter than the shortest line of a key: nothing to look at.
      if (end - first <= 16) return null
      const cut = keyLines.exec(text(window, first, end))
      return cut === null ? null : { start, end: first + cut[0].length, kind: 'private-key', value: null }
    },
  }
}

/** Detectors for secrets with an inner structure. */
export function structuredDetectors(): Detector[] {
  return [jwtDetector(), addressDetector(), privateKeyDetector()]
}
