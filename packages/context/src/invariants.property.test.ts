import { deserialize, serialize } from 'node:v8'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Projection } from './context.ts'
import { createContext, readSaved, type ContextEngine } from './engine.ts'
import { estimateTokens } from './ingest/estimate-tokens.ts'
import { currentEntries } from './ledger/ledger-state.ts'
import { checkTogether, type Checks } from './testing/check-together.ts'
import { playSession, testConfig, type PlayedSession } from './testing/play-session.ts'
import { invariantRuns } from './testing/property-runs.ts'
import { sessionActions, type SessionAction } from './testing/session-action.ts'
import { validateEverywhere } from './validate/validators.ts'

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

interface Input {
  actions: SessionAction[]
  window: number
  pick: number
}

interface Case extends Input {
  session: PlayedSession
  /** The last request, and the same of an engine that was built from the journal without a disk. */
  now: Projection
  cold: ContextEngine
  /** An engine after one more switch at the end, and its request. */
  ended: ContextEngine
  last: Projection
}

const FIRST = 'Keep the port 41871 and mind alpha-7f3a.'

function makeCase(input: Input): Case {
  const session = playSession(
    [{ kind: 'user', text: FIRST, image: false }, { kind: 'plan', n: 1 }, ...input.actions],
    { window: input.window },
  )
  const now = session.engine.project()
  const cold = rebuild(session, undefined, () => null)
  const time = (session.events.at(-1)?.time ?? 0) + 1
  const ended = rebuild(session)
  ended.ingest({ ...ended.startEpoch(time, 'test'), seq: session.events.length + 1 })
  const last = ended.project()
  return { ...input, session, now, cold, ended, last }
}

const checks: Checks<Case> = {
  'I1, I10: a rebuild from the journal gives the same bytes, whatever is on disk by then': (made) => {
    const { session, now, cold } = made
    expect(bytesOf(cold.project())).toBe(bytesOf(now))
    expect(cold.project().estimate).toBe(now.estimate)
    if (made.pick % 4 > 0) return
    const at = (session.events.at(-1)?.time ?? 0) + 10 * 60_000
    expect(cold.advance(at)).toEqual(rebuild(session, undefined, () => null).advance(at))
  },

  'I1: every request that was sent can be rebuilt from the journal before it': ({ session, pick }) => {
    const sent = session.requests[pick % Math.max(1, session.requests.length)]
    if (!sent) return
    expect(bytesOf(rebuild(session, sent.after).project())).toBe(bytesOf(sent.projection))
  },

  'I1: an engine that goes on from a saved state is the one that saved it': ({
    session,
    now,
    ended,
    pick,
  }) => {
    if (pick % 2 > 0) return
    const saved: unknown = deserialize(serialize(session.engine.save()))
    const again = createContext(session.config, session.ports, readSaved(saved))
    expect(bytesOf(again.project())).toBe(bytesOf(now))
    const time = (session.events.at(-1)?.time ?? 0) + 1
    again.ingest({ ...again.startEpoch(time, 'test'), seq: session.events.length + 1 })
    expect(bytesOf(again.project())).toBe(bytesOf(ended.project()))
  },

  'I5: within an epoch each request extends the one before it byte for byte': ({ session }) => {
    let before: Projection | undefined
    let shown = ''
    for (const { projection } of session.requests) {
      const bytes = bytesOf(projection)
      if (before?.epoch === projection.epoch && !bytes.startsWith(shown)) expect(bytes).toContain(shown)
      before = projection
      shown = bytes
    }
  },

  'I6: every request is valid for all providers, and marks at most three cache points': (made) => {
    for (const { request } of [...made.session.requests.map((sent) => sent.projection), made.last]) {
      const { items } = request
      if (items.length > 0) expect(validateEverywhere(items, request.tools)).toEqual([])
      expect(items.filter((item) => item.cache).length).toBeLessThanOrEqual(3)
    }
  },

  'I7: every request is inside the window, by the estimate and by a count of its own': (made) => {
    for (const projection of [...made.session.requests.map((sent) => sent.projection), made.last]) {
      expect(projection.estimate).toBeLessThanOrEqual(made.window)
      // Images are counted by the engine alone.
      const text = projection.request.items.map((item) => JSON.stringify(item, withoutImages)).join('')
      expect(estimateTokens(text)).toBeLessThanOrEqual(made.window * 1.1)
    }
  },

  'I8: what a switch shows as the current text of a file is what is on disk': ({ session, ended, last }) => {
    const text = bytesOf(last)
    const { fold } = ended.inspect()
    for (const [, path = ''] of text.matchAll(/- (src\/file\d\.ts) @[^\\]{0,200}?same on disk/g))
      expect(fold.registries.files.get(path)?.seen.at(-1)?.hash).toBe(session.ports.disk(path)?.sha256)
    for (const file of fold.epoch?.recipe.files ?? []) {
      expect(file.sha256).toBe(session.ports.disk(file.path)?.sha256)
      expect(session.disk.get(file.path)).toContain(file.text ?? '')
    }
  },

  'I9: what a switch left out is one recall by its handle away': ({ session, last, pick, cold }) => {
    const shown = JSON.stringify(last.request.items)
    const results = session.events.filter((event) => event.kind === 'tool.done')
    const left = results.filter((event) => !shown.includes(JSON.stringify(event.body.output).slice(1, -1)))
    const event = left[pick % Math.max(1, left.length)]
    if (!event) return
    const { text } = cold.recall({ ref: `e:${event.seq}` })
    expect(text).toContain(event.body.output.slice(0, 40).trim())
  },

  'I11: requests, plan, rules and instructions are in the request after a switch': ({ session, last }) => {
    const text = bytesOf(last)
    expect(text).toContain(FIRST)
    expect(text).toContain('be careful.')
    const { ledger, pace } = session.engine.inspect().fold
    // Each refusal by the provider halves what a request may be: in the end the plan goes before what the user said.
    if (pace.overflows < 3) expect(text).toContain('second')
    const rules = currentEntries(ledger).filter(
      (entry) => entry.authority === 'user' && entry.type === 'constraint',
    )
    for (const rule of rules) expect(text).toContain(JSON.stringify(rule.text).slice(1, -1))
  },
}

function withoutImages(key: string, value: unknown): unknown {
  return key === 'data' ? '' : value
}

describe('invariants of the engine', () => {
  const input = fc.record({
    actions: sessionActions,
    window: fc.constantFrom(8_000, 8_000, 32_000, 200_000),
    pick: fc.nat(),
  })
  const outcome = checkTogether(input, makeCase, checks, { numRuns: invariantRuns(process.env) })
  // The first one plays the sessions for all of them.
  it.each(Object.keys(checks))('%s', { timeout: 1_800_000 }, (name) => outcome(name))

  it('I7: a system text that alone is over the window is a typed error', () => {
    const config = testConfig({ system: 'x '.repeat(40_000), window: 8_000 })
    const context = createContext(config, { blob: () => null, disk: () => null })
    expect(() => context.project()).toThrow(/can be used for input/)
  })
})
