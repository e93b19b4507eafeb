import type { EntryType } from './entry.ts'

export interface Labelled {
  label: string
  /** What the word of the label says it is; null for words that name no type. */
  type: EntryType | null
  /** Offsets in the text that was searched. */
  start: number
  end: number
}

const LABELLED = /(?<![\w-])([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+):[ \t]+(\S[^\n]*)/g
const TYPES: Record<string, EntryType> = {
  CONSTRAINT: 'constraint',
  RULE: 'constraint',
  POLICY: 'constraint',
  REQUIREMENT: 'requirement',
  REQ: 'requirement',
  DECISION: 'decision',
  CONTRACT: 'contract',
  INTERFACE: 'contract',
  API: 'contract',
  ASSUMPTION: 'assumption',
  REJECTED: 'rejected',
  FAILURE: 'failure',
  QUESTION: 'question',
}

/** Statements of the form `WORD-ID: …`, to the end of the line: their authors wanted them to be found again. */
export function labelledStatements(text: string, limit: number): Labelled[] {
  const found: Labelled[] = []
  if (!text.includes(': ') && !text.includes(':\t')) return found
  for (const match of text.matchAll(LABELLED)) {
    const label = match[1] ?? ''
    const body = match[0].length > 600 ? match[0].slice(0, 600).toWellFormed() : match[0]
    const clean = body.replace(/[\s"'`]+$/, '')
    found.push({
      label,
      type: TYPES[label.split('-')[0] ?? ''] ?? null,
      start: match.index,
      end: match.index + clean.length,
    })
    if (found.length >= limit) break
  }
  return found
}

/** The label a statement starts with, null where there is none. */
export function labelOf(text: string): string | null {
  return /^([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+):\s/.exec(text)?.[1] ?? null
}
