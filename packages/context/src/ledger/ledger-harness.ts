import type { Event, EventBodies, EventKind } from '@cairn/journal'
import { currentEntries, emptyLedger } from './ledger-state.ts'
import { reduceLedger } from './reduce-ledger.ts'

/** A journal in memory with its ledger, for tests. */
export function ledgerHarness(blobs: ReadonlyMap<string, Uint8Array> = new Map()) {
  const events: Event[] = []
  const state = emptyLedger()
  const ports = {
    blob: (sha: string) => blobs.get(sha) ?? null,
    event: (seq: number) => events[seq - 1] ?? null,
  }
  const add = <K extends EventKind>(kind: K, body: EventBodies[K]): void => {
    const event = { seq: events.length + 1, time: 0, turn: 1, step: 0, kind, body } as Event
    events.push(event)
    reduceLedger(state, event, ports)
  }
  return {
    events,
    state,
    ports,
    add,
    say: (text: string) => add('user.message', { text }),
    answer: (text: string, calls: { id: string; tool: string; args: string }[] = []) =>
      add('model.answered', {
        model: 'm',
        served: null,
        parts: [{ type: 'text', text }, ...calls.map((call) => ({ type: 'call' as const, ...call }))],
        usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
        costUsd: null,
        finish: 'stop',
        ms: 0,
      }),
    output: (text: string, extra: Partial<EventBodies['tool.done']> = {}) =>
      add('tool.done', { call: 'c', tool: 'exec', ok: true, output: text, ms: 1, ...extra }),
    rules: (text: string, path = 'AGENTS.md') =>
      add('instructions.loaded', { files: [{ path, sha256: `${path}${text.length}${text}`, text }] }),
    texts: () => currentEntries(state).map((entry) => entry.text),
    types: () => currentEntries(state).map((entry) => `${entry.authority} ${entry.type}: ${entry.text}`),
  }
}
