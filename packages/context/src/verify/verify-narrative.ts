import type { Event } from '@cairn/journal'
import { estimateTokens } from '../ingest/estimate-tokens.ts'
import type { Entry } from '../ledger/entry.ts'
import { splitStatements } from '../ledger/split-statements.ts'
import type { Statement } from '../ledger/split-statements.ts'
import { normalText } from '../ledger/words.ts'
import { coverageOf } from './coverage.ts'
import { judgeSentence } from './judge-sentence.ts'
import type { SentenceFault } from './judge-sentence.ts'
import { joinLabels, labelsOf, NO_LABELS } from './labels.ts'
import type { Labels } from './labels.ts'
import { knownEntries } from './ledger-view.ts'
import { rejectAnswer } from './reject-answer.ts'
import { spanCorpus } from './span-corpus.ts'

/** The ledger a narrative must not contradict: every entry, void ones included (`allEntries`). */
export interface NarrativeFacts {
  entries: readonly Entry[]
}

/** What was summarised. */
export interface NarrativeBasis {
  /** Events of the summarised span, in order. */
  events: readonly Event[]
  /** Bytes of a blob; only the bounded views are looked at where absent. */
  blob?: (sha256: string) => Uint8Array | null
  /** Bound of the kept text in estimated tokens. Default 2,500. */
  maxTokens?: number
}

type DropReason = SentenceFault | 'size' | 'duplicate'

export interface VerifiedNarrative {
  /** Sentences that passed, one a line, in order; empty string where nothing is worth keeping. */
  kept: string
  dropped: { sentence: string; why: DropReason }[]
  /** Set where the whole answer was thrown away. */
  rejected: 'empty' | 'refusal' | 'tool-call' | 'malformed' | null
  /** Share of the span's changed files, open failures and decisions that `kept` names, 0..1. */
  coverage: number
  /** Join of the labels of the basis (I12). */
  labels: Labels
}

/** More of an answer than this is not looked at: a summary that long is none. */
const MAX_ANSWER = 60_000

/**
 * Checks a narrative summary sentence by sentence against what it claims to summarise: exact tokens must occur in the
 * span, nothing may contradict the ledger or bring back what it has ended, and only what the user or an instruction
 * file said may be put as a demand. Never throws; a second pass over `kept` keeps all of it.
 */
export function verifyNarrative(
  text: string,
  facts: NarrativeFacts,
  basis: NarrativeBasis,
): VerifiedNarrative {
  const labels = basis.events.reduce((sum, event) => joinLabels(sum, labelsOf(event)), NO_LABELS)
  const rejected = rejectAnswer(text)
  if (rejected) return { kept: '', dropped: [], rejected, coverage: 0, labels }
  const known = knownEntries(facts.entries)
  const corpus = spanCorpus(basis.events, basis.blob)
  const dropped: VerifiedNarrative['dropped'] = []
  const kept: string[] = []
  const seen = new Set<string>()
  let room = basis.maxTokens ?? 2500
  for (const statement of sentences(text.slice(0, MAX_ANSWER))) {
    const sentence = statement.text.replace(/\s+/g, ' ')
    const norm = normalText(sentence)
    const cost = estimateTokens(sentence) + 2
    const why: DropReason | null = seen.has(norm)
      ? 'duplicate'
      : (judgeSentence(sentence, known, corpus) ?? (cost > room ? 'size' : null))
    if (why) {
      dropped.push({ sentence, why })
      continue
    }
    seen.add(norm)
    kept.push(`- ${sentence}`)
    room -= cost
  }
  const result = kept.join('\n')
  return {
    kept: result,
    dropped,
    rejected: result === '' && dropped.length === 0 ? 'empty' : null,
    coverage: coverageOf(result, facts.entries, basis.events),
    labels,
  }
}

/** Statements of the answer. Where one extends the one before it, only the longer is judged: it holds both. */
function sentences(text: string): Statement[] {
  const all = splitStatements(text.replace(/^\s*(?:```\w*|~~~\w*)\s*$/gm, ''))
  return all.filter(
    (statement, index) => /[\p{L}\p{N}]/u.test(statement.text) && all[index + 1]?.start !== statement.start,
  )
}
