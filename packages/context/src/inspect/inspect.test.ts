import { describe, expect, it } from 'vitest'
import type { Event } from '@cairn/journal'
import { playSession } from '../testing/play-session.ts'
import type { SessionAction } from '../testing/session-action.ts'
import { checkContext } from './check-context.ts'
import { contextCost } from './context-cost.ts'
import { diffEpoch } from './diff-epoch.ts'
import { why } from './why.ts'

const read = (file: number): SessionAction => ({
  kind: 'step',
  say: 'I read on.',
  sameId: false,
  calls: [
    { tool: 'write', file, size: 3_000, ok: true, arrives: 'in time', image: false },
    { tool: 'exec', file, size: 9_000, ok: true, arrives: 'in time', image: false },
  ],
})

const session = () =>
  playSession([
    { kind: 'user', text: 'Never touch vendor/. Fix the parser.', image: false },
    ...Array.from({ length: 9 }, (_, n) => read(n % 5)),
    { kind: 'epoch' },
    read(1),
    read(2),
  ])

describe('why', () => {
  it('leads from a line of the record to the words of the user', () => {
    const { engine, events, ports } = session()
    const entry = engine.ledger().find((other) => other.text.includes('vendor'))
    const answer = why(engine, entry?.id ?? '', { event: (seq) => events[seq - 1] ?? null, blob: ports.blob })
    expect(answer.entries[0]?.sources[0]?.text).toContain('Never touch vendor/.')
    const line = why(engine, 'Never touch vendor/.', { event: () => null, blob: ports.blob })
    expect(line.where).toBe('ledger')
  })
})

describe('diffEpoch', () => {
  it('tells what left and by which handle it comes back', () => {
    const { events } = session()
    const diff = diffEpoch(events, 1)
    expect(diff?.before).toBeGreaterThan(diff?.after ?? 0)
    const [first] = diff?.left ?? []
    const seq = Number(first?.handle.slice(2))
    expect(events[seq - 1]?.kind).toBe('tool.done')
    expect(diffEpoch(events, 99)).toBeNull()
  })
})

describe('checkContext', () => {
  it('finds nothing in a session as it was, and finds a journal that was changed behind its back', () => {
    const { config, ports, events } = session()
    const report = checkContext(config, ports, events)
    expect(report).toMatchObject({ requests: 11, findings: [] })
    expect(report.epochs).toBeGreaterThan(0)
    const late = events.findIndex((event) => event.kind === 'model.requested')
    const bad: Event[] = events.map((event, index) =>
      index === late + 1 && event.kind === 'model.answered'
        ? {
            ...event,
            body: {
              ...event.body,
              parts: [{ type: 'call', id: 'bad id with spaces', tool: 'no such tool!', args: '{}' }],
            },
          }
        : event,
    )
    const { findings } = checkContext(config, ports, bad)
    expect(findings.map((finding) => finding.invariant)).toContain('I6')
  })
})

describe('contextCost', () => {
  it('names the cause of each cache break', () => {
    const answered = (seq: number, time: number, input: number, cachedInput: number): Event => ({
      seq,
      time,
      turn: 1,
      step: seq,
      kind: 'model.answered',
      body: {
        model: 'm',
        served: null,
        parts: [],
        usage: { input, cachedInput, cacheWrite: 0, output: 10, reasoning: 0 },
        costUsd: 0.5,
        finish: 'stop',
        ms: 1,
      },
    })
    const events: Event[] = [
      answered(1, 0, 10_000, 0),
      answered(2, 1_000, 12_000, 10_000),
      {
        seq: 3,
        time: 1_500,
        turn: 1,
        step: 2,
        kind: 'epoch.started',
        body: { epoch: 1, basis: 2, cause: 'due', report: {} },
      },
      answered(4, 2_000, 8_000, 2_000),
      answered(5, 700_000, 9_000, 0),
      answered(6, 701_000, 9_500, 100),
    ]
    const cost = contextCost(events, { prices: null, cacheTtl: 300 })
    expect(cost.breaks.map(({ seq, cause }) => [seq, cause])).toEqual([
      [4, 'epoch'],
      [5, 'idle'],
      [6, 'unknown'],
    ])
    expect(cost).toMatchObject({ answers: 5, epochs: 1, peak: 12_000, usd: 2.5 })
    expect(cost.bill).toBeCloseTo(0.1 * 12_100 + 1.25 * 36_400 + 5 * 50)
  })
})
