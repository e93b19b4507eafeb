import type { EventBodies } from '@cairn/journal'
import { isInjection } from './classify-output.ts'
import type { Entry } from './entry.ts'
import { normalText } from './words.ts'

type NoteType = EventBodies['note.written']['type']

/** What a sub-agent hands back. Its words are those of an agent, whatever it calls them. */
export interface SubAgentReport {
  answer: string
  /** Proposed for the parent's ledger. */
  entries: { type: NoteType; text: string; scope?: Entry['scope'] }[]
  /** Files it wrote, with the hash of their content afterwards; null where deleted. */
  files: { path: string; sha256: string | null }[]
  commands: { command: string; exit: number | null }[]
  questions: string[]
  /** Where in its own journal the details are, for example `e:12`. */
  handles: string[]
}

export interface Adoption {
  /** Bodies of `note.written`, to be appended to the parent's journal. */
  notes: EventBodies['note.written'][]
  dropped: { text: string; why: 'empty' | 'too-long' | 'injection' | 'known' | 'too-many' }[]
}

const MAX_NOTES = 64
const MAX_TEXT = 2_000

/** The type under which a sub-agent's statement is kept: it can demand nothing of its parent. */
export function reportedType(type: NoteType): NoteType {
  return type === 'constraint' ? 'fact' : type
}

/**
 * What a report adds to the parent's ledger. Every note has the voice `agent` and names the sub-agent's journal; demands
 * become facts; none ends an entry of the parent. What the parent has already in force, such as what it had handed on, is
 * not taken again. Pure.
 */
export function adoptReport(
  report: SubAgentReport,
  from: { session: string; seq: number },
  known: readonly Entry[] = [],
): Adoption {
  const seen = new Set(known.map((entry) => normalText(entry.text)))
  const adoption: Adoption = { notes: [], dropped: [] }
  for (const { type, text, scope } of report.entries) take(type, text, scope)
  for (const text of report.questions) take('question', text)
  for (const { command, exit } of report.commands)
    take('command', exit === null ? command : `${command} (exit ${exit})`)
  return adoption

  function take(type: NoteType, text: string, scope?: Entry['scope']): void {
    const print = normalText(text)
    const why = refusal(text, print)
    if (why !== null) {
      adoption.dropped.push({ text, why })
      return
    }
    seen.add(print)
    adoption.notes.push({
      id: `${from.session}:${adoption.notes.length}`,
      type: reportedType(type),
      text,
      ...(scope ? { scope } : {}),
      report: { session: from.session, seq: from.seq },
    })
  }

  function refusal(text: string, print: string): Adoption['dropped'][number]['why'] | null {
    if (text.trim() === '') return 'empty'
    if (text.length > MAX_TEXT) return 'too-long'
    if (isInjection(text)) return 'injection'
    if (seen.has(print)) return 'known'
    return adoption.notes.length >= MAX_NOTES ? 'too-many' : null
  }
}
