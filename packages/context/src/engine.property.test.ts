import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Projection } from './context.ts'
import { createContext } from './engine.ts'
import { playSession, type PlayedSession } from './testing/play-session.ts'
import { propertyRuns } from './testing/property-runs.ts'
import { sessionActions } from './testing/session-action.ts'
import { validateEverywhere } from './validate/validators.ts'

const numRuns = propertyRuns(process.env)
const windows = fc.constantFrom(8_000, 32_000, 200_000)

/** A request as bytes, without the cache marks, which say nothing to the model. */
function bytesOf(projection: Projection): string {
  const { request } = projection
  const items = request.items.map((item) => JSON.stringify({ ...item, cache: undefined })).join('\n')
  return `${JSON.stringify(request.tools)}\n${request.system}\n${items}\n`
}

function rebuild(session: PlayedSession, length = session.events.length, disk = session.ports.disk) {
  const context = createContext(session.config, { ...session.ports, disk })
  for (const event of session.events.slice(0, length)) context.ingest(event)
  return context
}

describe('properties of the engine', () => {
  it('I1, I10: a rebuild from the journal gives the same bytes, whatever is on disk by then', () => {
    fc.assert(
      fc.property(sessionActions, windows, fc.nat(3), (actions, window, pick) => {
        const session = playSession(actions, { window })
        const cold = rebuild(session, undefined, () => null)
        const now = session.engine.project()
        expect(bytesOf(cold.project())).toBe(bytesOf(now))
        expect(cold.project().estimate).toBe(now.estimate)
        if (pick > 0) return
        const at = (session.events.at(-1)?.time ?? 0) + 10 * 60_000
        expect(cold.advance(at)).toEqual(rebuild(session, undefined, () => null).advance(at))
      }),
      { numRuns },
    )
  })

  it('I1: every request that was sent can be rebuilt from the journal before it', () => {
    fc.assert(
      fc.property(sessionActions, windows, fc.nat(), (actions, window, pick) => {
        const session = playSession(actions, { window })
        const sent = session.requests[pick % Math.max(1, session.requests.length)]
        if (!sent) return
        expect(bytesOf(rebuild(session, sent.after).project())).toBe(bytesOf(sent.projection))
      }),
      { numRuns },
    )
  })

  it('I5: within an epoch each request extends the one before it byte for byte', () => {
    fc.assert(
      fc.property(sessionActions, windows, (actions, window) => {
        const { requests } = playSession(actions, { window })
        for (const [index, { projection }] of requests.entries()) {
          const before = requests[index - 1]?.projection
          if (before?.epoch !== projection.epoch) continue
          expect(bytesOf(projection).startsWith(bytesOf(before))).toBe(true)
        }
      }),
      { numRuns },
    )
  })

  it('I6, I7: every request is valid for all providers, bounded, and marks at most three cache points', () => {
    fc.assert(
      fc.property(sessionActions, windows, (actions, window) => {
        const { requests } = playSession(actions, { window })
        for (const { projection } of requests) {
          const { items } = projection.request
          if (items.length > 0) expect(validateEverywhere(items, projection.request.tools)).toEqual([])
          expect(items.filter((item) => item.cache).length).toBeLessThanOrEqual(3)
          expect(projection.estimate).toBeLessThanOrEqual(window)
        }
      }),
      { numRuns },
    )
  })

  it('I9: what a switch left out is one recall by its handle away', () => {
    fc.assert(
      fc.property(sessionActions, (actions) => {
        const session = playSession([...actions, { kind: 'epoch' }], { window: 8_000 })
        const shown = JSON.stringify(session.engine.project().request.items)
        for (const event of session.events) {
          if (event.kind !== 'tool.done') continue
          if (shown.includes(JSON.stringify(event.body.output).slice(1, -1))) continue
          const { text } = session.engine.recall({ ref: `e:${event.seq}` })
          expect(text).toContain(event.body.output.slice(0, 40).trim())
        }
        session.engine.close()
      }),
      // A session has some thirty results, all of which are looked at.
      { numRuns: Math.ceil(numRuns / 30) },
    )
  })

  it('I11: requests, plan and instructions survive any number of switches', () => {
    fc.assert(
      fc.property(sessionActions, fc.integer({ min: 1, max: 4 }), (actions, switches) => {
        const session = playSession([
          { kind: 'user', text: 'Keep the port 41871 and mind alpha-7f3a.', image: false },
          { kind: 'plan', n: 1 },
          ...actions,
          ...Array.from({ length: switches }, () => ({ kind: 'epoch' as const })),
        ])
        const text = bytesOf(session.engine.project())
        expect(text).toContain('Keep the port 41871 and mind alpha-7f3a.')
        expect(text).toContain('be careful.')
      }),
      { numRuns },
    )
  })
})
