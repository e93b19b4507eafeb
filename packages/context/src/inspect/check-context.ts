import type { Event } from '@cairn/journal'
import type { ContextConfig, ContextPorts, Projection } from '../context.ts'
import { createContext } from '../engine.ts'
import { ContextError } from '../errors.ts'
import { spanText } from '../ledger/span-text.ts'
import { validateEverywhere } from '../validate/validators.ts'

export interface Finding {
  invariant: 'I1' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7'
  /** Journal position it was found at. */
  seq: number
  message: string
}

export interface CheckReport {
  /** Requests that were rebuilt and looked at. */
  requests: number
  epochs: number
  findings: Finding[]
}

/** Most findings that are kept: the first tell what is wrong. */
const MAX_FINDINGS = 50

/**
 * Replays a session and checks what must hold of every request it sent: rebuilt from the journal it is the same (I1),
 * extends the one before it (I5), is valid for every provider (I6) and fits (I7); and of its ledger: no entry without
 * its source (I3), nothing binding from tool output (I4).
 */
export function checkContext(
  config: ContextConfig,
  ports: ContextPorts,
  events: readonly Event[],
): CheckReport {
  const findings: Finding[] = []
  const found = (invariant: Finding['invariant'], seq: number, message: string) => {
    if (findings.length < MAX_FINDINGS) findings.push({ invariant, seq, message })
  }
  // Seqs have gaps where turns were undone.
  const readPorts: ContextPorts = { ...ports, events: (after) => events.filter(({ seq }) => seq > after) }
  const context = createContext(config, readPorts)
  let before: Projection | null = null
  let requests = 0
  let epochs = 0
  for (const event of events) {
    if (event.kind === 'epoch.started') epochs++
    if (event.kind === 'model.requested' && event.body.purpose !== 'narrative') {
      const now = tryProject(context, event.seq, found)
      if (now) {
        requests++
        checkRequest(now, before, event.seq, context.usage().window, found)
      }
      before = now
    }
    context.ingest(event)
  }
  const last = events.at(-1)?.seq ?? 0
  const cold = createContext(config, readPorts)
  for (const event of events) cold.ingest(event)
  const [a, b] = [tryProject(context, last, found), tryProject(cold, last, found)]
  if (a && b && JSON.stringify(a) !== JSON.stringify(b))
    found('I1', last, 'a rebuild from the journal gives another request')
  checkLedger(context.ledger(), events, ports, found)
  context.close()
  cold.close()
  return { requests, epochs, findings }
}

type Found = (invariant: Finding['invariant'], seq: number, message: string) => void

function tryProject(context: { project(): Projection }, seq: number, found: Found): Projection | null {
  try {
    return context.project()
  } catch (error) {
    if (!ContextError.isInstance(error)) throw error
    found('I7', seq, error.message)
    return null
  }
}

function checkRequest(
  now: Projection,
  before: Projection | null,
  seq: number,
  window: number,
  found: Found,
): void {
  const { items, tools } = now.request
  for (const violation of validateEverywhere(items, tools))
    found('I6', seq, `${violation.wire}: ${violation.message}`)
  if (now.estimate > window) found('I7', seq, `about ${now.estimate} tokens are over the window of ${window}`)
  if (before?.epoch !== now.epoch) return
  const changed = before.request.items.findIndex((item, index) => !sameItem(item, items[index]))
  if (changed >= 0) found('I5', seq, `item ${changed} differs from the request before, in the same epoch`)
}

/** Equal but for the moving cache mark. Items of one epoch are mostly the same objects. */
function sameItem(a: object, b: object | undefined): boolean {
  if (a === b) return true
  return JSON.stringify({ ...a, cache: undefined }) === JSON.stringify({ ...b, cache: undefined })
}

function checkLedger(
  entries: ReturnType<ReturnType<typeof createContext>['ledger']>,
  events: readonly Event[],
  ports: ContextPorts,
  found: Found,
): void {
  const last = events.at(-1)?.seq ?? 0
  const bySeq = new Map(events.map((event) => [event.seq, event]))
  for (const entry of entries) {
    const [span] = entry.sources
    const event = span ? bySeq.get(span.seq) : undefined
    if (!span || !event || spanText(event, span, ports) === null)
      found('I3', span?.seq ?? last, `entry ${entry.id} has no source that can be read`)
    if (entry.authority === 'tool' && (entry.type === 'constraint' || entry.type === 'requirement'))
      found('I4', span?.seq ?? last, `entry ${entry.id} binds although it comes from tool output`)
  }
}
