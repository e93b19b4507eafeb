import { createAnchorTable } from './anchor-table.ts'
import { byteWindow } from './byte-window.ts'
import { lookBehind } from './detector.ts'
import type { Detector, SecretSpan } from './detector.ts'

interface Found {
  /** In order, none touching another's bytes. */
  spans: SecretSpan[]
  /** Everything before it is decided, whatever follows. */
  decided: number
}

export interface FindOptions {
  /** Anchors before it are not looked at: they were, with what stood before them. */
  from: number
  /**
   * What is decided at the end of the bytes: everything (`all`), nothing that a secret could begin in (`certain`), or
   * everything but a secret that has visibly begun (`shown`).
   */
  decide: 'all' | 'certain' | 'shown'
}

/** Looks for secrets in bytes. */
export type FindSecrets = (bytes: Uint8Array, options: FindOptions) => Found

/** Overlapping spans longer than this together are parted, so that a stream need not wait for the end of them. */
const longestMerged = 64 * 1024

/** Spans that overlap become one: what is known beats what is guessed, and never less is covered. */
function merge(spans: SecretSpan[]): SecretSpan[] {
  spans.sort((a, b) => a.start - b.start || b.end - a.end)
  const merged: SecretSpan[] = []
  for (const span of spans) {
    const last = merged.at(-1)
    if (last === undefined || span.start >= last.end) {
      merged.push({ ...span })
      continue
    }
    if (span.end <= last.end && last.value !== null) continue
    if (last.end - last.start > longestMerged) {
      if (span.end > last.end) merged.push({ ...span, start: last.end, origin: span.start })
      continue
    }
    last.end = Math.max(last.end, span.end)
    if (last.value === null && span.value !== null) {
      last.value = span.value
      last.kind = span.kind
    }
  }
  return merged
}

/** Makes a finder from detectors. Linear in the bytes: every detector's walk is bounded or remembered. */
export function createFinder(detectors: readonly Detector[]): FindSecrets {
  const table = createAnchorTable(detectors)
  return (bytes, { from, decide }) => {
    const window = byteWindow(bytes, decide === 'all')
    const spans: SecretSpan[] = []
    let decided = decide === 'certain' ? Math.max(0, bytes.length - lookBehind) : bytes.length
    table.find(bytes, from, bytes.length, (detector, at) => {
      const found = detector.detect(window, at)
      if (found === null) return
      if ('more' in found) {
        if (decide !== 'shown' || found.idle !== true) decided = Math.min(decided, found.start)
      } else spans.push(found)
    })
    const merged = merge(spans)
    for (let index = merged.length - 1; index >= 0; index--) {
      const span = merged[index]
      // The end of a span may still grow into what is not decided.
      if (span !== undefined && span.start < decided && span.end > decided) decided = span.start
    }
    return { spans: merged, decided }
  }
}
