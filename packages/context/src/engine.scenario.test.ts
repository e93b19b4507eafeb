import { describe, expect, it } from 'vitest'
import type { EventBodies } from '@cairn/journal'
import type { ContextConfig, ContextPorts, Projection } from './context.ts'
import { createContext, type ContextEngine } from './engine.ts'
import { ContextError } from './errors.ts'
import { journalBuilder, type JournalBuilder } from './testing/journal-builder.ts'
import { sha256, testConfig, testModel } from './testing/play-session.ts'

interface Rig {
  context: ContextEngine
  journal: JournalBuilder
  /** One model call and its results, as the loop does it; `input` is what the provider reports. */
  step(results: Partial<EventBodies['tool.done']>[], input?: number): Projection
  switches: string[]
}

function rig(overrides: Partial<ContextConfig> = {}, ports: Partial<ContextPorts> = {}): Rig {
  const context = createContext(testConfig(overrides), { blob: () => null, disk: () => null, ...ports })
  const journal = journalBuilder((event) => context.ingest(event))
  const switches: string[] = []
  let calls = 0
  const step: Rig['step'] = (results, input = 0) => {
    for (const event of context.advance((journal.events.at(-1)?.time ?? 0) + 1)) {
      switches.push(event.body.cause)
      journal.append(event)
    }
    const projection = context.project()
    const ids = results.map(() => `c${calls++}`)
    journal.add('model.answered', {
      model: 'test-model',
      served: null,
      parts: ids.map((id) => ({ type: 'call', id, tool: 'exec', args: `{"command":"run ${id}"}` })),
      usage: { input, cachedInput: 0, cacheWrite: 0, output: 20, reasoning: 0 },
      costUsd: null,
      finish: 'calls',
      ms: 1,
    })
    for (const [index, result] of results.entries())
      journal.add('tool.done', {
        call: ids[index] ?? '',
        tool: 'exec',
        ok: true,
        output: 'ok',
        ms: 1,
        exit: 0,
        ...result,
      })
    return projection
  }
  return { context, journal, step, switches }
}

function textOf(projection: Projection): string {
  return JSON.stringify(projection.request.items)
}

const lines = (step: number) =>
  Array.from(
    { length: 200 },
    (_, row) => `s${step} row-${row} the quick brown fox jumps over the lazy dog`,
  ).join('\n')

describe('epoch switches', () => {
  it('happen once when the provider suddenly reports a full window, however long it goes on doing so', () => {
    const { context, journal, step, switches } = rig({
      model: testModel({ window: 200_000 }),
      narrative: true,
    })
    journal.add('user.message', { text: 'CONSTRAINT-U1: the port must stay 41871.' })
    let last = ''
    let jobs = 0
    for (let turn = 1; turn <= 40; turn++) {
      // Small enough for the scheduler never to become due by itself.
      const projection = step([{ output: `step ${turn} ${'x'.repeat(900)}` }], turn >= 20 ? 194_000 : 0)
      last = textOf(projection)
      const job = context.takeNarrativeJob()
      if (job) {
        jobs++
        const before = job.request.items.slice(0, -1)
        expect(job.request.system).toBe('You are a test.')
        expect(JSON.stringify(before)).toContain('step 1 ')
        expect(JSON.stringify(job.request.items.at(-1))).toContain('Summarise')
      }
    }
    expect(switches).toEqual(['reported'])
    expect(jobs).toBe(1)
    expect(last).toContain('CONSTRAINT-U1: the port must stay 41871.')
    expect(last).toContain('step 39 ')
  })

  it('come before the window is full, and each makes the request smaller', () => {
    const { journal, step, switches } = rig({ model: testModel({ window: 64_000 }) })
    journal.add('user.message', { text: 'Build it; the port must stay 41871.' })
    let peak = 0
    let last: Projection | null = null
    for (let turn = 1; turn <= 120; turn++) {
      last = step([{ output: lines(turn) }])
      peak = Math.max(peak, last.estimate)
    }
    expect(switches.length).toBeGreaterThan(4)
    expect(switches.length).toBeLessThan(40)
    expect(peak).toBeLessThan(58_000)
    expect(last && textOf(last)).toContain('the port must stay 41871.')
    for (const kept of [115, 117, 119]) expect(last && textOf(last)).toContain(`s${kept} row-0`)
  })

  it('keep 30 chained ones bounded and the first request verbatim', () => {
    const { context, journal, step } = rig({ window: 16_000 })
    journal.add('user.message', { text: 'FIRST: never rename alpha-7f3a.txt' })
    let size = 0
    for (let epoch = 0; epoch < 30; epoch++) {
      for (let n = 0; n < 8; n++) step([{ output: lines(n) }, { output: 'fine' }])
      journal.append(context.startEpoch(1, 'test'))
      const projection = context.project()
      expect(textOf(projection)).toContain('FIRST: never rename alpha-7f3a.txt')
      size = projection.estimate
    }
    expect(size).toBeLessThan(8_000)
  })

  it('use the time when the prompt cache is cold', () => {
    const { journal, step, switches } = rig({ model: testModel({ window: 200_000, cacheTtl: 300 }) })
    journal.add('user.message', { text: 'go' })
    for (let turn = 1; turn <= 9; turn++) step([{ output: lines(turn) }])
    expect(switches).toEqual([])
    journal.wait(301_000)
    journal.add('harness.message', { text: 'good morning', reason: 'resume' })
    step([])
    expect(switches).toEqual(['cold-cache'])
  })

  it('follow an overflow and get smaller each time', () => {
    const { context, journal, step, switches } = rig({ model: testModel({ window: 200_000 }) })
    journal.add('user.message', { text: 'go' })
    for (let turn = 1; turn <= 8; turn++) step([{ output: lines(turn) }])
    const before = context.project().estimate
    journal.add('model.failed', { code: 'context-overflow', message: '', retryable: false })
    step([])
    expect(switches).toEqual(['overflow'])
    expect(context.project().estimate).toBeLessThan(before * 0.6)
  })

  it('keep a step whose calls are still running whole', () => {
    const { context, journal, step } = rig()
    journal.add('user.message', { text: 'go' })
    for (let turn = 1; turn <= 8; turn++) step([{ output: lines(turn) }])
    journal.add('model.answered', {
      model: 'm',
      served: null,
      parts: ['p1', 'p2', 'p3'].map((id) => ({ type: 'call', id, tool: 'exec', args: '{}' })),
      usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
      costUsd: null,
      finish: 'calls',
      ms: 1,
    })
    journal.add('tool.done', { call: 'p2', tool: 'exec', ok: true, output: 'second', ms: 1 })
    journal.append(context.startEpoch(1, 'test'))
    journal.add('tool.done', { call: 'p1', tool: 'exec', ok: true, output: 'first', ms: 1 })
    journal.add('tool.done', { call: 'p3', tool: 'exec', ok: true, output: 'third', ms: 1 })
    const last = context.project().request.items.at(-1)
    expect(last?.type === 'results' && last.results.map((result) => result.parts[0])).toEqual([
      { type: 'text', text: 'first' },
      { type: 'text', text: 'second' },
      { type: 'text', text: 'third' },
    ])
  })

  it('show files as they are on disk, by their hash, and label what is old', () => {
    const old = 'export const port = 1\n'
    const now = 'export const port = 2\n'
    const disk = (path: string) => (path === 'src/a.ts' ? { sha256: sha256(now), text: now } : null)
    const { context, journal, step } = rig({}, { disk })
    journal.add('user.message', { text: 'go' })
    step([{ output: old, files: [{ path: 'src/a.ts', op: 'seen', after: sha256(old) }] }])
    for (let turn = 1; turn <= 3; turn++) step([{ output: lines(turn) }])
    journal.append(context.startEpoch(1, 'test'))
    const text = textOf(context.project())
    expect(text).not.toContain('port = 1')
    expect(text).toContain(`sha256=\\"${sha256(now).slice(0, 12)}\\">\\nexport const port = 2`)
  })
})

describe('bounds', () => {
  it('hold for a 50 MB output, a paste of a million tokens and 10,000 parallel calls', () => {
    for (const window of [8_000, 200_000]) {
      const { context, journal, step } = rig({ window })
      journal.add('user.message', { text: `START ${'word '.repeat(800_000)} END` })
      step([{ output: 'z'.repeat(50_000_000) }])
      expect(context.project().estimate).toBeLessThan(window)
      expect(textOf(context.project())).toContain(' END')
      step(Array.from({ length: 10_000 }, (_, n) => ({ output: `result ${n}` })))
      step([])
      expect(context.project().estimate).toBeLessThan(window)
    }
  })

  it('hold for 500 screenshots in count and bytes, and the newest are shown', () => {
    const blobs = new Map<string, Uint8Array>()
    const { context, journal, step, switches } = rig(
      { model: testModel({ window: 400_000 }) },
      { blob: (hash) => blobs.get(hash) ?? null },
    )
    journal.add('user.message', { text: 'look' })
    let shown = 0
    for (let n = 0; n < 500; n++) {
      const bytes = new Uint8Array(300_000).fill(n % 256)
      bytes[0] = n >> 8
      const hash = sha256(bytes)
      blobs.set(hash, bytes)
      const projection = step([{ images: [{ sha256: hash, bytes: bytes.length, mime: 'image/png' }] }])
      const parts = projection.request.items.flatMap((item) =>
        item.type === 'results' ? item.results.flatMap((result) => result.parts) : [],
      )
      const images = parts.filter((part) => part.type === 'image')
      shown = Math.max(shown, images.length)
      expect(projection.bytes).toBeLessThan(20_000_000)
      expect(images.length).toBeLessThanOrEqual(40)
    }
    expect(shown).toBeGreaterThan(10)
    expect(switches.length).toBeGreaterThan(5)
    const last = context.project().request.items.at(-1)
    expect(last?.type === 'results' && last.results[0]?.parts.some((part) => part.type === 'image')).toBe(
      true,
    )
  })

  it('throw a typed error where system text and tools are over the window', () => {
    const { context, journal } = rig({ system: 'rule '.repeat(10_000), window: 8_000 })
    journal.add('user.message', { text: 'go' })
    expect(() => context.project()).toThrow(ContextError)
    try {
      context.project()
    } catch (error) {
      expect(ContextError.isInstance(error) && error.code).toBe('unfittable')
    }
  })

  it('follow a reported size that is twice the estimate after one call', () => {
    const { context, journal, step } = rig({ window: 32_000 })
    journal.add('user.message', { text: 'word '.repeat(4_000) })
    const before = context.project().estimate
    step([], Math.floor((before / 1.15) * 2))
    expect(context.project().estimate).toBeGreaterThan(before * 1.6)
  })
})

describe('a value that was replaced', () => {
  it('has its mark wherever it still stands after a switch: in the list, and in the tail', () => {
    for (const steps of [1, 30]) {
      const { context, journal, step } = rig()
      journal.add('user.message', { text: 'The alpha dev server must listen on port 4187.' })
      for (let n = 0; n < steps; n++) step([{ output: lines(n) }])
      journal.add('user.message', { text: 'Change of plan: the alpha dev server must listen on port 4188.' })
      step([{ output: 'fine' }])
      journal.append(context.startEpoch(1, 'test'))
      const text = textOf(context.project())
      expect(text).toContain('port 4188.')
      expect(text.replaceAll('port 4187. [superseded]', '')).not.toContain('port 4187')
    }
  })
})
