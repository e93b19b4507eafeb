import type { EventBodies } from '@cairn/journal'
import { expect, it } from 'vitest'
import { createContext } from './engine.ts'
import { journalBuilder } from './testing/journal-builder.ts'
import { testConfig, testModel } from './testing/play-session.ts'
import { validateEverywhere } from './validate/validators.ts'

const WINDOW = 8_000
const PLANS = 12

/** System text and tools of the embedded engine take about 2,000 tokens. */
const config = testConfig({
  model: testModel({ window: WINDOW, provider: 'embedded', prices: null, cacheTtl: null }),
  system: 'Repair the project step by step. '.repeat(200),
})

const output = (round: number) =>
  Array.from({ length: 60 }, (_, row) => `round ${round} row ${row} expected ${row * round} but got 0`).join(
    '\n',
  )

it('keeps the newest note of each key in sight through 200 rounds in a window of 8k tokens', () => {
  const context = createContext(config, { blob: () => null, disk: () => null })
  const journal = journalBuilder((event) => context.ingest(event))
  journal.add('user.message', { text: 'Make the check pass. Never edit anything under vendor/.' })
  const notes = new Map<string, string>()
  let epochs = 0
  let sinceEpoch = 0
  const answer = (id: string, tool: string, args: object, done: Partial<EventBodies['tool.done']>) => {
    for (const event of context.advance((journal.events.at(-1)?.time ?? 0) + 1)) {
      journal.append(event)
      epochs++
      expect(sinceEpoch).toBeGreaterThan(1)
      sinceEpoch = 0
    }
    sinceEpoch++
    const { request, estimate } = context.project()
    expect(estimate).toBeLessThan(WINDOW)
    expect(validateEverywhere(request.items, request.tools)).toEqual([])
    const text = JSON.stringify(request.items)
    expect(text).toContain('Never edit anything under vendor/.')
    for (const note of notes.values()) expect(text).toContain(note)
    journal.add('model.answered', {
      model: 'test-model',
      served: null,
      parts: [{ type: 'call', id, tool, args: JSON.stringify(args) }],
      usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 20, reasoning: 0 },
      costUsd: null,
      finish: 'calls',
      ms: 1,
    })
    journal.add('tool.done', { call: id, tool, ok: true, output: 'ok', ms: 1, ...done })
  }
  for (let round = 1; round <= 200; round++) {
    const key = `repair-${round % PLANS}`
    const text = `repair plan 3f2a${round % PLANS} candidates 0-${round * 7} refuted`
    answer(`e${round}`, 'exec', { command: `check ${round}` }, { ok: false, exit: 1, output: output(round) })
    journal.add('note.written', { id: `n${round}`, type: 'rejected', text, key })
    notes.set(key, text)
    answer(`n${round}`, 'note', { type: 'rejected', key, text }, {})
  }
  expect(epochs).toBeGreaterThan(3)
  const held = context.ledger().filter((entry) => entry.type === 'rejected')
  expect(new Set(held.map((entry) => entry.text))).toEqual(new Set(notes.values()))
})
