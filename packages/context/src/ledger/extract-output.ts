import type { Event } from '@cairn/journal'
import { classifyOutputLine, isInjection, mayReport } from './classify-output.ts'
import { deriveClaims } from './derive-claims.ts'
import type { Draft } from './draft.ts'
import { labelledStatements } from './labelled-statements.ts'
import type { LedgerPorts } from './ports.ts'

const LABELS = 24
const LINES = 6
/** Of a full output that the view leaves out, this much is searched for labelled statements. */
const HEAD = 1_000_000
const TAIL = 128_000

/** Facts and failures that an output reports: labelled statements first, then lines that read like either. */
export function extractOutput(
  event: Event<'tool.done'>,
  ports: LedgerPorts,
  options: { lines: boolean; failed: boolean },
): Draft[] {
  const { output, full } = event.body
  const drafts: Draft[] = []
  const seen = new Set<string>()
  labels(output, 'output', 0)
  if (full) {
    const bytes = ports.blob(full.sha256)
    if (bytes) {
      const text = new TextDecoder().decode(bytes.length > HEAD + TAIL ? bytes.subarray(0, HEAD) : bytes)
      labels(text, 'full', 0)
    }
  }
  if (options.lines && mayReport(output)) lines()
  return drafts

  function labels(text: string, field: string, from: number): void {
    for (const label of labelledStatements(text, LABELS)) {
      const words = text.slice(label.start, label.end)
      if (drafts.length >= LABELS || seen.has(words) || isInjection(words)) continue
      seen.add(words)
      drafts.push(
        toolDraft(label.type === 'failure' ? 'failure' : 'fact', words, event.seq, field, from + label.start),
      )
    }
  }

  function lines(): void {
    const counts = { fact: 0, failure: 0 }
    let start = 0
    while (start < output.length && counts.fact + counts.failure < 2 * LINES) {
      const found = output.indexOf('\n', start)
      const end = found < 0 ? output.length : found
      const line = output.slice(start, Math.min(end, start + 601))
      const kind = classifyOutputLine(line)
      const words = line.trim()
      const signature = words.replace(/\d+/g, '0')
      const wanted = kind === 'fact' || (kind === 'failure' && options.failed)
      if (
        kind &&
        wanted &&
        counts[kind] < LINES &&
        !seen.has(signature) &&
        ![...seen].some((known) => words.includes(known))
      ) {
        seen.add(signature)
        counts[kind]++
        drafts.push(toolDraft(kind, words, event.seq, 'output', start + line.indexOf(words)))
      }
      start = end + 1
    }
  }
}

function toolDraft(type: 'fact' | 'failure', text: string, seq: number, field: string, start: number): Draft {
  const sources = [{ seq, field, start, end: start + text.length }]
  // Never to end anything: to see where it contradicts what binds.
  const claims = type === 'fact' && /\d/.test(text) ? deriveClaims(text, 1) : []
  return { type, polarity: 1, text, authority: 'tool', scope: {}, sources, claims, cue: null }
}
