import type { NativeRecord } from '@cairn/journal'
import type { Entry } from '../ledger/entry.ts'
import type { SentenceFault } from './judge-sentence.ts'
import { verifyNarrative, type NarrativeBasis } from './verify-narrative.ts'

/** Faults that a text which cannot be edited must not have: it would bring back what the ledger has ended, or forge. */
const FATAL: ReadonlySet<string> = new Set<SentenceFault>([
  'contradiction',
  'resurrection',
  'injection',
  'secret',
])

/**
 * Why a compaction made by the provider is not used; null where it may be. An encrypted one cannot be looked into and
 * is taken as the provider gives it; a readable one is signed, so that it stands or falls as a whole.
 */
export function judgeCompaction(
  native: NativeRecord | null,
  entries: readonly Entry[],
  basis: NarrativeBasis,
): string | null {
  const parts = compactions(native)
  if (parts === null || parts.length === 0) return 'the provider made no compaction'
  const text = parts.join('\n')
  if (text.trim() === '') return null
  const { dropped, rejected } = verifyNarrative(text, { entries }, { ...basis, maxTokens: Infinity })
  if (rejected !== null) return `its text is no account of the work (${rejected})`
  const fault = dropped.find(({ why }) => FATAL.has(why))
  return fault === undefined
    ? null
    : `its text fails the check (${fault.why}): ${fault.sentence.slice(0, 200)}`
}

/** The texts of the compaction parts of a record; null where it is no such record. */
function compactions(native: NativeRecord | null): string[] | null {
  const data = native?.data
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null
  const { parts } = data
  if (!Array.isArray(parts)) return null
  return parts.flatMap((part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) && part['type'] === 'compaction'
      ? [typeof part['text'] === 'string' ? part['text'] : '']
      : [],
  )
}
