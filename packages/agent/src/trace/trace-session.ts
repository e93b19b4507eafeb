import type { Entry } from '@cairn/context'
import type { CheckResult, Event, PlanItem } from '@cairn/journal'
import { readRules } from '../constraints/read-rules.ts'
import { sharedWords, words } from './shared-words.ts'

/** A file that the session changed, with the event of its newest change. */
interface TracedChange {
  path: string
  op: 'wrote' | 'deleted'
  seq: number
}

/**
 * `shown`: the gate accepted work that touches it, or a machine holds it. `open`: reported as open. `violated`: the gate
 * named it as broken last. `not shown`: nothing in the journal speaks of it.
 */
type TraceStatus = 'shown' | 'open' | 'violated' | 'not shown'

/** One statement that binds the work, and what stands for it. */
interface TraceRow {
  id: string
  type: 'requirement' | 'constraint'
  authority: string
  text: string
  /** Event that it comes from. */
  source: number | null
  /** What a machine can hold a change against. */
  machine: string[]
  plan: string[]
  changes: string[]
  /** Ids of events that prove it. */
  evidence: number[]
  status: TraceStatus
}

export interface Trace {
  rows: TraceRow[]
  plan: PlanItem[]
  changes: TracedChange[]
  /** Newest result of each check. */
  checks: { result: CheckResult; seq: number }[]
  /** Changed files that no statement and no item of the plan speaks of. */
  unexplained: string[]
}

const TYPES = new Set<Entry['type']>(['requirement', 'constraint'])
const AUTHORITIES = new Set<Entry['authority']>(['system', 'policy', 'user', 'repository'])

/** Lays statements, plan, changes and checks of a session beside each other. Pure; `events` are those in force. */
export function traceSession(events: readonly Event[], ledger: readonly Entry[]): Trace {
  const changes = changesOf(events)
  const plan = events.findLast((event) => event.kind === 'plan.updated')?.body.items ?? []
  const checks = checksOf(events)
  const gate = events.findLast((event) => event.kind === 'gate.decided')
  const end = events.findLast((event) => event.kind === 'session.finished')
  const touched = textsOfChanges(events)
  const explained = new Set<string>()
  const rows = ledger
    .filter(
      ({ type, authority, status }) => TYPES.has(type) && AUTHORITIES.has(authority) && status === 'current',
    )
    .map((entry): TraceRow => {
      const { id, authority, text } = entry
      const own = words(text)
      const machine = readRules(text, { entry: id, authority, text }).map(({ kind }) => kind)
      const near = changes.filter(
        ({ path }) => sharedWords(own, words(touched.get(path) ?? path)) >= 2 || own.has(path),
      )
      for (const { path } of near) explained.add(path)
      const violated = gate?.body.reasons.some((reason) => reason.includes(`against ${id} `)) === true
      const open = (end?.body.openItems ?? []).some((item) => sharedWords(own, words(item)) >= 2)
      const held = gate?.body.accepted === true && (machine.length > 0 || near.length > 0)
      return {
        id,
        type: entry.type === 'constraint' ? 'constraint' : 'requirement',
        authority,
        text,
        source: entry.sources[0]?.seq ?? null,
        machine,
        plan: plan.filter((item) => sharedWords(own, words(item.text)) >= 2).map((item) => item.text),
        changes: near.map(({ path }) => path),
        evidence: held ? (gate?.body.evidence ?? []) : [],
        status: violated ? 'violated' : open ? 'open' : held ? 'shown' : 'not shown',
      }
    })
  const inPlan = words(plan.map(({ text }) => text).join(' '))
  const unexplained = changes
    .map(({ path }) => path)
    .filter((path) => !explained.has(path) && sharedWords(inPlan, words(path)) === 0)
  return { rows, plan: [...plan], changes, checks, unexplained }
}

function changesOf(events: readonly Event[]): TracedChange[] {
  const found = new Map<string, TracedChange>()
  for (const event of events) {
    if (event.kind !== 'tool.done') continue
    for (const { path, op } of event.body.files ?? [])
      if (op !== 'seen') found.set(path, { path, op, seq: event.seq })
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** What was written to each path, as the model wrote it: names in it tie a change to a statement. */
function textsOfChanges(events: readonly Event[]): Map<string, string> {
  const args = new Map<string, string>()
  const texts = new Map<string, string>()
  for (const event of events) {
    if (event.kind === 'model.answered')
      for (const part of event.body.parts) if (part.type === 'call') args.set(part.id, part.args)
    if (event.kind !== 'tool.done') continue
    for (const { path, op } of event.body.files ?? [])
      if (op !== 'seen') texts.set(path, `${texts.get(path) ?? path} ${args.get(event.body.call) ?? ''}`)
  }
  return texts
}

function checksOf(events: readonly Event[]): { result: CheckResult; seq: number }[] {
  const newest = new Map<string, { result: CheckResult; seq: number }>()
  for (const event of events)
    if (event.kind === 'check.finished')
      newest.set(event.body.command, { result: event.body, seq: event.seq })
  return [...newest.values()]
}
