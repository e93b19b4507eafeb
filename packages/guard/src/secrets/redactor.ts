import { createHash } from 'node:crypto'
import { assignmentDetectors } from './assignment-detectors.ts'
import type { SecretSpan } from './detector.ts'
import { createFinder } from './find-secrets.ts'
import type { FindSecrets } from './find-secrets.ts'
import { literalDetectors } from './literal-detectors.ts'
import { createRedactionStream } from './redaction-stream.ts'
import type { RedactionStream } from './redaction-stream.ts'
import { secretValues } from './secret-environment.ts'
import { structuredDetectors } from './structured-detectors.ts'
import { tokenDetectors } from './token-detectors.ts'

/** One secret that was replaced. */
export interface FoundSecret {
  /** `registered`, the name of a vendor, `jwt`, `private-key`, `password`, `bearer` or `assignment`. */
  kind: string
  /** Eight hex digits, equal for equal secrets of a session, however they were encoded. */
  hash: string
}

/** Takes secrets out of what is about to enter a session. */
export interface Redactor {
  /** Replaces every secret by `[secret:KIND:HASH]`. The very same text comes back where there is none. */
  redact(text: string): { text: string; found: FoundSecret[] }
  /** Replaces only values that are known to be secret: for the words of people and models, which are not guessed at. */
  redactRegistered(text: string): { text: string; found: FoundSecret[] }
  /** Knows one more value from now on; streams that were begun before do not. Too short ones cannot be recognised. */
  register(value: string): void
  /** For bytes that come in pieces. */
  createStream(): RedactionStream
}

export interface RedactorOptions {
  /** Values that must never be seen: keys that the user gave. Those shorter than 8 characters cannot be recognised. */
  registered: readonly string[]
  /** The process's environment: values of names that look secret are registered too. */
  env: Readonly<Record<string, string | undefined>>
  /** Kept out of the journal, so that nobody can try out values against the hashes. */
  salt: Uint8Array
}

/** Makes a redactor for one session. The tables are built at the first use. */
export function createRedactor(options: RedactorOptions): Redactor {
  const values = [...new Set([...options.registered, ...secretValues(options.env)])]
  const lazy = (make: () => FindSecrets) => {
    let made: FindSecrets | null = null
    return (): FindSecrets => (made ??= make())
  }
  const allDetectors = () =>
    createFinder([
      ...literalDetectors(values),
      ...tokenDetectors(),
      ...structuredDetectors(),
      ...assignmentDetectors(),
    ])
  let everything = lazy(allDetectors)
  let registered = lazy(() => createFinder(literalDetectors(values)))

  const hashOf = (secret: Uint8Array) =>
    createHash('sha256').update(options.salt).update(secret).digest('hex').slice(0, 8)
  const known = new Map<Uint8Array, string>()
  const name = (bytes: Uint8Array, { kind, value, start, end }: SecretSpan): FoundSecret => {
    if (value === null) return { kind, hash: hashOf(bytes.subarray(start, end)) }
    const hash = known.get(value) ?? hashOf(value)
    known.set(value, hash)
    return { kind, hash }
  }
  const apply = (find: FindSecrets, text: string) => {
    const bytes = Buffer.from(text)
    const { spans } = find(bytes, { from: 0, decide: 'all' })
    if (spans.length === 0) return { text, found: [] }
    const found: FoundSecret[] = []
    const parts: string[] = []
    let at = 0
    for (const span of spans) {
      const secret = name(bytes, span)
      found.push(secret)
      parts.push(bytes.toString('utf8', at, span.start), marker(secret))
      at = span.end
    }
    parts.push(bytes.toString('utf8', at))
    return { text: parts.join(''), found }
  }
  return {
    redact: (text) => apply(everything(), text),
    redactRegistered: (text) => (values.length === 0 ? { text, found: [] } : apply(registered(), text)),
    register(value) {
      if (values.includes(value)) return
      values.push(value)
      everything = lazy(allDetectors)
      registered = lazy(() => createFinder(literalDetectors(values)))
    },
    createStream: () =>
      createRedactionStream(everything(), (bytes, span) => Buffer.from(marker(name(bytes, span)))),
  }
}

const marker = ({ kind, hash }: FoundSecret): string => `[secret:${kind}:${hash}]`
