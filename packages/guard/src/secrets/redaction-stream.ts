import { lookBehind } from './detector.ts'
import type { SecretSpan } from './detector.ts'
import type { FindOptions, FindSecrets } from './find-secrets.ts'

/** Redacts bytes that come in pieces, also where a secret lies across two or more of them. */
export interface RedactionStream {
  /** Gives back what is certain by now; the rest waits for what follows, at most 32 KiB and one chunk of it. */
  push(chunk: Uint8Array): Uint8Array
  /**
   * Gives back all that does not look like the beginning of a secret, because somebody waits for it. What follows is
   * still read together with what was given back.
   */
  flush(): Uint8Array
  /** Gives back the rest. Nothing may be pushed afterwards. */
  end(): Uint8Array
}

const empty = new Uint8Array(0)

/** `replace` makes the bytes that stand for a span. */
export function createRedactionStream(
  find: FindSecrets,
  replace: (bytes: Uint8Array, span: SecretSpan) => Uint8Array,
): RedactionStream {
  /** Bytes already given back, kept as context, then bytes that wait. */
  let kept: Uint8Array = empty
  let given = 0
  let trimmed = false

  const take = (chunk: Uint8Array, decide: FindOptions['decide']): Uint8Array => {
    const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk])
    const { spans, decided } = find(bytes, { from: trimmed ? lookBehind : 0, decide })
    const until = Math.max(given, decided)
    const out: Uint8Array[] = []
    let at = given
    for (const span of spans) {
      if (span.end <= at || span.start >= until) continue
      if (span.start > at) out.push(bytes.subarray(at, span.start))
      out.push(replace(bytes, span))
      at = Math.min(span.end, until)
    }
    if (at < until) out.push(bytes.subarray(at, until))
    const open = spans
      .map((span) => span.origin ?? span.start)
      .filter((start, index) => start < until && (spans[index]?.end ?? 0) > until)
    const from = Math.max(0, Math.min(until - lookBehind * 2, ...open.map((start) => start - lookBehind)))
    // Copied: the chunk belongs to whoever gave it.
    trimmed ||= from > 0
    kept = Uint8Array.prototype.slice.call(bytes, from)
    given = until - from
    return out.length === 1 ? (out[0] ?? empty) : Buffer.concat(out)
  }

  return {
    push: (chunk) => take(chunk, 'certain'),
    flush: () => take(empty, 'shown'),
    end: () => take(empty, 'all'),
  }
}
