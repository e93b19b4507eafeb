import type { Event } from '@cairn/journal'
import { classifyUser, isPermission, isReported } from './classify-user.ts'
import type { Classified } from './classify-user.ts'
import { cueOf, endsSomething } from './cues.ts'
import { deriveClaims } from './derive-claims.ts'
import { deriveScope } from './derive-scope.ts'
import type { Draft } from './draft.ts'
import { labelledStatements, labelOf } from './labelled-statements.ts'
import { splitStatements } from './split-statements.ts'
import type { Statement } from './split-statements.ts'
import { callsContract } from './wire-contract.ts'
import { plainStatement } from './plain-statement.ts'

export type UserStatement = { statement: Statement; draft: Draft | null; cue: Draft['cue'] }

/**
 * What a user message says, statement by statement. Only the user's own prose binds; labelled lines in quoted, logged or
 * fenced parts are facts of unknown authorship. The message itself stays verbatim in the context, so that what is not
 * recognised here is not lost.
 */
export function extractUser(event: Event<'user.message'>): UserStatement[] {
  const isTyped = typedReader(event.body.text)
  return splitStatements(event.body.text).map((statement) => {
    if (statement.block !== 'prose')
      return { statement, draft: foreignDraft(event.seq, statement), cue: null }
    const cue = cueOf(statement.text)
    return {
      statement,
      cue,
      draft: userDraft(event.seq, statement, cue, isTyped(statement)),
    }
  })
}

/** The reading of one statement; exported for the corpus that measures it. */
export function readUserStatement(text: string): Classified | null {
  const read = classifyUser(text)
  const label = labelOf(text)
  if (label === null) return read
  const type = labelledStatements(text, 1)[0]?.type ?? null
  if (type === null) return read ?? { type: 'fact', polarity: 1 }
  return { type, polarity: read?.polarity ?? 1 }
}

/** Longer paragraphs are pasted: only plain demands are taken from them. */
const TYPED_LENGTH = 1_500

/** Tells for statements in order of position whether their paragraph is short enough to be typed. */
function typedReader(text: string): (statement: Statement) => boolean {
  let [from, to] = [0, -1]
  return ({ start }) => {
    while (to < 0 || start >= to) {
      if (to >= 0) from = to
      const next = text.indexOf('\n\n', Math.max(from + 1, to + 1))
      to = next < 0 ? text.length + 1 : next
    }
    return to - from <= TYPED_LENGTH
  }
}

function userDraft(seq: number, statement: Statement, cue: Draft['cue'], typed: boolean): Draft | null {
  const plain = readUserStatement(statement.text)
  // What describes an interface is kept as one, unless it demands.
  const read =
    (plain === null || plain.type === 'requirement') && callsContract(statement.text)
      ? { type: 'contract' as const, polarity: 1 as const }
      : (plain ??
        (typed && !isReported(statement.text) && !endsSomething(statement.text)
          ? plainStatement(statement.text)
          : null))
  // A permission is kept only where it ends a prohibition.
  const permits = read === null && isPermission(statement.text)
  const found: Classified | null = permits ? { type: 'decision', polarity: 1 } : read
  if (!found) return null
  const claims = settles(found, statement.text, cue) ? deriveClaims(statement.text, found.polarity) : []
  return {
    ...found,
    text: statement.text,
    authority: 'user',
    scope: found.type === 'question' ? {} : deriveScope(statement.text),
    sources: [{ seq, field: 'text', start: statement.start, end: statement.end }],
    claims,
    cue,
    ...(permits ? { onlyIfEnds: true } : {}),
  }
}

/** A task ("add a --port flag for 8080") settles nothing unless it says to set or change a value. */
function settles(found: Classified, text: string, cue: Draft['cue']): boolean {
  if (found.type === 'question' || found.type === 'fact' || found.type === 'contract') return false
  if (found.type !== 'requirement') return true
  return (
    cue === 'override' ||
    /\b(?:use|set|change|switch|increase|decrease|raise|lower|reduce|bump|prefer|go back|move)\b/i.test(text)
  )
}

function foreignDraft(seq: number, statement: Statement): Draft | null {
  const label = labelledStatements(statement.text, 1)[0]
  if (!label) return null
  const [start, end] = [statement.start + label.start, statement.start + label.end]
  return {
    type: 'fact',
    polarity: 1,
    text: statement.text.slice(label.start, label.end),
    authority: 'tool',
    scope: {},
    sources: [{ seq, field: 'text', start, end }],
    claims: [],
    cue: null,
  }
}
