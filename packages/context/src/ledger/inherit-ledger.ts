import type { Event, InheritedStatement } from '@cairn/journal'
import { putInForce } from './add-entry.ts'
import { deriveClaims } from './derive-claims.ts'
import type { Entry } from './entry.ts'
import type { LedgerState } from './ledger-state.ts'
import { redactSecrets } from './redact-secrets.ts'

/** Where a sub-agent works. Without paths: anywhere. */
export interface WorkScope {
  /** Files and folders, relative to the session's folder. */
  paths?: readonly string[]
}

/**
 * What a sub-agent gets from its parent's ledger, as the body of a `ledger.inherited` event: every constraint in force,
 * and the decisions, contracts, assumptions and rejected ways whose scope touches its work, each with the voice that said
 * it. A constraint on another folder is a fence around that folder, so constraints are never left out. Requests are not
 * handed on, nor what tools reported. Pure; keeps the order in which things came into force.
 */
export function inheritLedger(entries: readonly Entry[], scope: WorkScope = {}): InheritedStatement[] {
  const found: InheritedStatement[] = []
  for (const { id, type, polarity, text, scope: own, authority, status } of entries) {
    if (status !== 'current' && status !== 'unverified') continue
    if (authority === 'tool' || !handedOn(type)) continue
    if (type !== 'constraint' && !inScope(own.paths, scope)) continue
    found.push({
      id,
      type,
      polarity,
      text,
      scope: { ...own, ...(own.paths ? { paths: [...own.paths] } : {}) },
      authority,
      status,
    })
  }
  return found
}

function handedOn(type: Entry['type']): type is InheritedStatement['type'] {
  return (
    type === 'constraint' ||
    type === 'decision' ||
    type === 'contract' ||
    type === 'assumption' ||
    type === 'rejected'
  )
}

/** Whether statements about `paths` can matter to the work. Where in doubt they do: bare names may be anywhere. */
export function inScope(paths: readonly string[] | undefined, scope: WorkScope): boolean {
  const work = scope.paths ?? []
  if (work.length === 0 || !paths || paths.length === 0) return true
  return paths.some((path) => {
    const named = segments(path)
    return named.length < 2 || path.startsWith('../') || work.some((at) => nested(named, segments(at)))
  })
}

/** Folders of a path up to the first pattern, which may stand for anything. */
function segments(path: string): string[] {
  const parts = path
    .toLowerCase()
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '.')
  const pattern = parts.findIndex((part) => /[*?[{]/.test(part))
  return pattern < 0 ? parts : parts.slice(0, pattern)
}

function nested(a: readonly string[], b: readonly string[]): boolean {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false
  return true
}

/**
 * Puts inherited statements into a ledger as they were in force together in the parent's: none ends another. Later voices
 * of the sub-agent's own session meet them by the usual rules.
 */
export function reduceInherited(state: LedgerState, event: Event<'ledger.inherited'>): void {
  for (const [index, given] of event.body.entries.entries()) {
    const text = redactSecrets(given.text)
    const settles = given.type !== 'contract' && given.type !== 'assumption'
    const claims = settles ? deriveClaims(text, given.polarity) : []
    const entry: Entry = {
      id: `L${event.seq}.${index}`,
      type: given.type,
      polarity: given.polarity,
      text,
      key: claims[0]?.key ?? null,
      scope: given.scope,
      authority: given.authority,
      sources: [{ seq: event.seq, field: `entries.${index}.text`, start: 0, end: given.text.length }],
      validFrom: event.seq,
      validTo: null,
      status: given.status,
      voidedBy: null,
      supersedes: [],
    }
    state.entries.set(entry.id, entry)
    putInForce(state, entry, claims)
  }
}

const HEADINGS: readonly (readonly [InheritedStatement['type'], string])[] = [
  ['constraint', 'Constraints in force (binding as worded)'],
  ['decision', 'Decisions'],
  ['contract', 'Interface contracts'],
  ['assumption', 'Assumptions (unverified)'],
  ['rejected', 'Rejected approaches'],
]

/** The inherited statements as the first request shows them; later epochs have them in the record. */
export function inheritedText(event: Event<'ledger.inherited'>): string {
  const lines = ['[from the agent that started this work]']
  for (const [type, heading] of HEADINGS) {
    const group = event.body.entries.flatMap((entry, index) =>
      entry.type === type ? [{ entry, index }] : [],
    )
    if (group.length > 0) lines.push(`${heading}:`)
    for (const { entry, index } of group) {
      const never = type === 'constraint' && entry.polarity < 0 ? 'PROHIBITED ' : ''
      const where = entry.scope.paths?.length ? `; in ${entry.scope.paths.slice(0, 4).join(', ')}` : ''
      const until = entry.scope.until === undefined ? '' : `; until ${entry.scope.until}`
      const text = redactSecrets(entry.text).replace(/\s+/g, ' ').trim()
      lines.push(`- L${event.seq}.${index} ${never}${text} [${entry.authority}${where}${until}]`)
    }
  }
  return lines.join('\n')
}
