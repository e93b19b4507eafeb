import type { Claim } from './derive-claims.ts'
import type { Draft } from './draft.ts'
import { AUTHORITY_RANK } from './entry.ts'
import type { Entry, EntryType } from './entry.ts'
import { oppositeBase } from './choice-claims.ts'
import { scopeKey } from './derive-scope.ts'
import { labelOf } from './labelled-statements.ts'
import type { LedgerState } from './ledger-state.ts'
import { redactSecrets } from './redact-secrets.ts'
import { contains } from './subject.ts'
import { normalText } from './words.ts'

/** How many of a type are kept, in force or not. The journal has all of them; recall finds the older ones. */
const KEPT: Partial<Record<EntryType, number>> = {
  command: 1000,
  fact: 2000,
  failure: 500,
  contract: 3000,
  question: 500,
  assumption: 2000,
  decision: 4000,
  rejected: 2000,
}
/** Types whose entries can contradict each other through a shared key. */
const NORMATIVE: ReadonlySet<EntryType> = new Set([
  'requirement',
  'constraint',
  'decision',
  'assumption',
  'contract',
  'rejected',
])
const MAX_SOURCES = 4

/** Puts a draft into the ledger: merged, in force, ending or contradicting others. Null where it adds nothing. */
export function addEntry(state: LedgerState, draft: Draft, ordinal: number): Entry | null {
  const text = redactSecrets(draft.text)
  const print = printOf(draft, text)
  const same = state.entries.get(state.prints.get(print) ?? '')
  const claims = draft.claims
  const rivals = draft.authority === 'tool' ? [] : findRivals(state, draft, claims)
  if (same && rivals.every((rival) => rival.id === same.id)) {
    if (same.sources.length >= MAX_SOURCES) same.sources.splice(1, 1)
    same.sources.push(...draft.sources.slice(0, 1))
    return same
  }
  const id = `L${state.seq}.${ordinal}`
  const named = (draft.supersedes ?? []).flatMap(
    (name) => state.entries.get(state.notes.get(name) ?? name) ?? [],
  )
  const ending = [
    ...new Set([...rivals.filter((rival) => ends(state, draft, claims, rival)), ...named]),
  ].filter(
    (rival) => state.live.has(rival.id) && AUTHORITY_RANK[draft.authority] <= AUTHORITY_RANK[rival.authority],
  )
  if (draft.onlyIfEnds && ending.length === 0) return null
  const entry: Entry = {
    id,
    type: draft.type,
    polarity: draft.polarity,
    text,
    key: claims[0]?.key ?? labelKey(text),
    scope: draft.scope,
    authority: draft.authority,
    sources: draft.sources.slice(0, MAX_SOURCES),
    validFrom: state.seq,
    validTo: null,
    status: draft.status ?? 'current',
    voidedBy: null,
    supersedes: ending.map((rival) => rival.id),
  }
  for (const rival of ending) closeEntry(state, rival, 'void', id)
  state.entries.set(id, entry)
  putInForce(state, entry, claims, print)
  for (const rival of rivals) {
    if (!state.live.has(rival.id) || scopeKey(rival.scope) !== scopeKey(entry.scope)) continue
    if (AUTHORITY_RANK[rival.authority] < AUTHORITY_RANK[entry.authority]) state.conflicts.set(id, rival.id)
    else if (differs(state, claims, rival)) state.conflicts.set(rival.id, id)
  }
  markContradicted(state, entry, claims)
  age(state, entry)
  return entry
}

function labelKey(text: string): string | null {
  const label = labelOf(text)
  return label === null ? null : `label:${label.toLowerCase()}`
}

function printOf(draft: Draft, text: string): string {
  return `${draft.authority}|${draft.type}|${draft.polarity}|${scopeKey(draft.scope)}|${normalText(text)}`
}

/** Entries in force that settle the same thing, or the opposite of it. */
function findRivals(state: LedgerState, draft: Draft, claims: readonly Claim[]): Entry[] {
  const found = new Set<Entry>()
  const look = (ids: ReadonlySet<string> | undefined, accept: (entry: Entry) => boolean) => {
    for (const id of ids ?? []) {
      const entry = state.entries.get(id)
      if (entry && comparable(draft.type, entry.type) && accept(entry)) found.add(entry)
    }
  }
  for (const claim of claims) {
    look(state.byKey.get(claim.key), () => true)
    const opposite = oppositeBase(claim.base, claim.value)
    if (opposite)
      look(state.byBase.get(opposite.base), (entry) =>
        claimsOf(state, entry).some(
          (theirs) =>
            theirs.base === opposite.base &&
            (opposite.value === null || theirs.value === opposite.value) &&
            contains(theirs.subject ?? [], claim.subject ?? []),
        ),
      )
  }
  // A correction may leave words of the subject out: it then means the only entry there is.
  if (draft.cue === 'override' && found.size === 0)
    for (const claim of claims) {
      const near = [...(state.byBase.get(claim.base) ?? [])].flatMap((id) => state.entries.get(id) ?? [])
      const own = near.filter(
        (entry) =>
          entry.authority === draft.authority &&
          comparable(draft.type, entry.type) &&
          claimsOf(state, entry).some((theirs) => meant(claim, theirs)),
      )
      if (own.length === 1 && own[0]) found.add(own[0])
    }
  return [...found]
}

function claimsOf(state: LedgerState, entry: Entry): readonly Claim[] {
  return state.claims.get(entry.id) ?? []
}

/** Whether a correction about the first may mean the second: same attribute, no subject of its own. */
function meant(mine: Claim, theirs: Claim): boolean {
  if (mine.base !== theirs.base || mine.subject === null || theirs.subject === null) return false
  return contains(theirs.subject, mine.subject) || contains(mine.subject, theirs.subject)
}

/** What a tool reports about a thing that a stronger voice has settled otherwise says so, whichever came first. */
function markContradicted(state: LedgerState, entry: Entry, claims: readonly Claim[]): void {
  const reported = entry.authority === 'tool'
  if (!reported && !NORMATIVE.has(entry.type)) return
  for (const claim of claims)
    for (const id of state.byKey.get(claim.key) ?? []) {
      const other = state.entries.get(id)
      const [fact, rule] = reported ? [entry, other] : [other, entry]
      if (!fact || !rule || fact.authority !== 'tool' || !NORMATIVE.has(rule.type)) continue
      if (
        claimsOf(state, other ?? entry).some(
          (theirs) => theirs.key === claim.key && theirs.value !== claim.value,
        )
      )
        state.conflicts.set(fact.id, rule.id)
    }
}

/** An older entry that stays although a newer one settles the same thing otherwise: the newer one holds. */
function differs(state: LedgerState, claims: readonly Claim[], old: Entry): boolean {
  return claimsOf(state, old).some((theirs) =>
    claims.some((mine) => mine.key === theirs.key && mine.value !== theirs.value),
  )
}

function comparable(a: EntryType, b: EntryType): boolean {
  return a === b || (NORMATIVE.has(a) && NORMATIVE.has(b) && a !== 'contract' && b !== 'contract')
}

/** Whether a draft ends an entry. Where in doubt both stay: a lost constraint is worse than a doubled one. */
function ends(state: LedgerState, draft: Draft, claims: readonly Claim[], old: Entry): boolean {
  const corrects = draft.cue === 'override'
  const oldClaims = claimsOf(state, old)
  if (!oldClaims.every((claim) => claims.some((mine) => covers(mine, claim, corrects)))) return false
  const [mine, theirs] = [labelOf(draft.text), labelOf(old.text)]
  if (mine !== null && theirs !== null && mine !== theirs) return false
  // Two prohibitions of one thing may differ in their exceptions; only a change of polarity settles it.
  const demand = oldClaims.some((claim) => /^(?:do|path):/.test(claim.key))
  if (demand && draft.polarity === old.polarity) return false
  if (compound(old.text)) return false
  if (scopeKey(draft.scope) === scopeKey(old.scope)) return true
  if (demand) return draft.scope.until === undefined && old.scope.until === undefined
  return corrects && draft.scope.until === undefined && (draft.scope.paths ?? []).length === 0
}

function covers(mine: Claim, theirs: Claim, corrects: boolean): boolean {
  if (mine.key === theirs.key || oppositeBase(mine.base, mine.value)?.base === theirs.base) return true
  return corrects && meant(mine, theirs)
}

/** A sentence that demands a second thing, which would be lost with the first. */
function compound(text: string): boolean {
  return /(?:\band|,)\s+(?:(?:also|then|please)\s+)?(?:log|add|run|write|make|keep|ensure|avoid|set|must|should|always|never|only|no|not|it|they|(?:the|all|every|each) [\w-]+ (?:must|should|is|are|has|have))\b/i.test(
    text,
  )
}

/** Enters an entry into the indexes; also used to bring one back. */
export function putInForce(state: LedgerState, entry: Entry, claims: readonly Claim[], print?: string): void {
  state.live.add(entry.id)
  if (entry.scope.until !== undefined && entry.authority === 'user') state.temporal.add(entry.id)
  state.claims.set(entry.id, claims)
  state.prints.set(
    print ??
      `${entry.authority}|${entry.type}|${entry.polarity}|${scopeKey(entry.scope)}|${normalText(entry.text)}`,
    entry.id,
  )
  for (const claim of claims) {
    index(state.byKey, claim.key, entry.id)
    index(state.byBase, claim.base, entry.id)
  }
}

function index(map: Map<string, Set<string>>, key: string, id: string): void {
  const ids = map.get(key)
  if (ids) ids.add(id)
  else map.set(key, new Set([id]))
}

/** Takes an entry out of force. Its text stays for recall and for the check of narratives. */
export function closeEntry(
  state: LedgerState,
  entry: Entry,
  status: 'void' | 'done' | 'refuted',
  by: string | null,
): void {
  if (!state.live.delete(entry.id)) return
  state.temporal.delete(entry.id)
  entry.status = status
  entry.validTo = state.seq
  entry.voidedBy = by
  for (const claim of state.claims.get(entry.id) ?? []) {
    for (const [map, key] of [
      [state.byKey, claim.key],
      [state.byBase, claim.base],
    ] as const) {
      const ids = map.get(key)
      ids?.delete(entry.id)
      if (ids?.size === 0) map.delete(key)
    }
  }
  const print = printOf(
    { ...entry, claims: [], cue: null, sources: [], status: 'current', supersedes: [] },
    entry.text,
  )
  if (state.prints.get(print) === entry.id) state.prints.delete(print)
  state.conflicts.delete(entry.id)
  if (NORMATIVE.has(entry.type))
    for (const [weak, strong] of state.conflicts) if (strong === entry.id) state.conflicts.delete(weak)
}

function age(state: LedgerState, entry: Entry): void {
  const limit = KEPT[entry.type]
  // Of what the user said only descriptions and questions age.
  const kept =
    AUTHORITY_RANK[entry.authority] <= AUTHORITY_RANK.user &&
    entry.type !== 'fact' &&
    entry.type !== 'question'
  if (limit === undefined || kept) return
  const queue = state.aging.get(entry.type) ?? { ids: [], head: 0 }
  state.aging.set(entry.type, queue)
  queue.ids.push(entry.id)
  while (queue.ids.length - queue.head > limit) {
    const oldest = state.entries.get(queue.ids[queue.head++] ?? '')
    if (!oldest) continue
    closeEntry(state, oldest, 'done', null)
    state.entries.delete(oldest.id)
    state.claims.delete(oldest.id)
  }
  if (queue.head > limit) {
    queue.ids.splice(0, queue.head)
    queue.head = 0
  }
}
