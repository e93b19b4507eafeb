import type { Item, ToolDeclaration } from '@cairn/models'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createIncrementalValidator } from './incremental-validator.ts'
import { fixedTranscript, PIXEL, SAMPLE_TOOLS, transcript } from './sample-transcript.ts'
import { validateEverywhere, VALIDATORS } from './validators.ts'
import { type Wire, WIRES } from './violation.ts'

type Edit = (items: Item[], tools: ToolDeclaration[]) => void
type Typed<T extends Item['type']> = Extract<Item, { type: T }>

function nth<T extends Item['type']>(items: readonly Item[], type: T, n: number): Typed<T> {
  const found = items.filter((item): item is Typed<T> => item.type === type).at(n)
  if (found === undefined) throw new Error(`no ${type} ${n}`)
  return found
}

function firstCall(items: readonly Item[], n: number) {
  const call = nth(items, 'assistant', n).parts.find((part) => part.type === 'call')
  if (call === undefined) throw new Error('no call')
  return call
}

/** Bad everywhere. */
const COMMON: Record<string, Edit> = {
  'drop a results item': (items) => void items.splice(2, 1),
  'drop one of two parallel results': (items) => void nth(items, 'results', 0).results.pop(),
  'answer a call twice': (items) => {
    const r = nth(items, 'results', 0).results
    r.push({ ...r[0]!, parts: [] })
  },
  'answer an unknown call': (items) => void (nth(items, 'results', 1).results[0]!.id = 'call_none'),
  'delay the results past a user turn': (items) =>
    void items.splice(2, 0, { type: 'user', parts: [{ type: 'text', text: 'wait' }] }),
  'repeat the results item': (items) => void items.splice(3, 0, structuredClone(items[2]!)),
  'drop the answer that called': (items) => void items.splice(1, 1),
  'empty an answer': (items) => void (nth(items, 'assistant', 1).parts = []),
  'leave only reasoning': (items) =>
    void (nth(items, 'assistant', 1).parts = [{ type: 'reasoning', text: 'hm' }]),
  'same id for parallel calls': (items) => {
    for (const part of nth(items, 'assistant', 0).parts) if (part.type === 'call') part.id = 'call_1'
    for (const r of nth(items, 'results', 0).results) r.id = 'call_1'
  },
  'empty call id': (items) => {
    firstCall(items, 2).id = ''
    nth(items, 'results', 1).results[0]!.id = ''
  },
  'over-long call id': (items) => {
    firstCall(items, 2).id = 'x'.repeat(300)
    nth(items, 'results', 1).results[0]!.id = 'x'.repeat(300)
  },
  'illegal tool name in a call': (items) => {
    firstCall(items, 2).tool = 'edit file!'
    nth(items, 'results', 1).results[0]!.tool = 'edit file!'
  },
  'result names another tool': (items) => void (nth(items, 'results', 1).results[0]!.tool = 'read'),
  'end with an unanswered call': (items) => void items.pop(),
  'declare a tool twice': (_, tools) => void tools.push({ ...tools[0]! }),
  'schema of no object': (_, tools) => void (tools[0] = { ...tools[0]!, schema: { type: 'string' } }),
  'image of an unknown type': (items) =>
    void nth(items, 'user', 0).parts.push({ type: 'image', mime: 'image/bmp', base64: PIXEL }),
  'image cut off': (items) =>
    void nth(items, 'user', 0).parts.push({ type: 'image', mime: 'image/png', base64: PIXEL.slice(0, -3) }),
  'user item without parts': (items) => void (nth(items, 'user', 1).parts = []),
  'half a surrogate pair': (items) =>
    void nth(items, 'user', 1).parts.push({ type: 'text', text: '😀'.slice(0, 1) }),
  'no items': (items) => void (items.length = 0),
}

const MORE: Record<Wire, Record<string, Edit>> = {
  responses: {
    'reuse a call id of an earlier turn': (items) => {
      firstCall(items, 2).id = 'call_1'
      nth(items, 'results', 1).results[0]!.id = 'call_1'
    },
    'five cache marks': (items) => items.slice(0, 5).forEach((item) => (item.cache = true)),
  },
  chat: {
    'call id of 41 characters': (items) => {
      firstCall(items, 2).id = 'x'.repeat(41)
      nth(items, 'results', 1).results[0]!.id = 'x'.repeat(41)
    },
  },
  messages: {
    'start with an answer': (items) => void items.shift(),
    'blank user text': (items) => void (nth(items, 'user', 1).parts = [{ type: 'text', text: ' \n' }]),
    'five cache marks': (items) => items.slice(0, 5).forEach((item) => (item.cache = true)),
    'id with a colon': (items) => {
      firstCall(items, 2).id = 'exec:0'
      nth(items, 'results', 1).results[0]!.id = 'exec:0'
    },
    'calls but no tools': (_, tools) => void (tools.length = 0),
    'end with an answer': (items) =>
      void items.push({ type: 'assistant', parts: [{ type: 'text', text: 'done' }] }),
    'reuse a call id of an earlier turn': (items) => {
      firstCall(items, 2).id = 'call_1'
      nth(items, 'results', 1).results[0]!.id = 'call_1'
    },
  },
  gemini: {
    'start with an answer': (items) => void items.shift(),
    'swap parallel results': (items) => void nth(items, 'results', 0).results.reverse(),
    'blank user text': (items) => void (nth(items, 'user', 1).parts = [{ type: 'text', text: '' }]),
    'end with an answer': (items) =>
      void items.push({ type: 'assistant', parts: [{ type: 'text', text: 'done' }] }),
    'gif image': (items) =>
      void nth(items, 'user', 0).parts.push({ type: 'image', mime: 'image/gif', base64: PIXEL }),
  },
}

describe.each(WIRES)('items for %s', (wire) => {
  it('accepts every valid transcript', () => {
    fc.assert(
      fc.property(transcript, (items) => {
        expect(VALIDATORS[wire](items, SAMPLE_TOOLS)).toEqual([])
      }),
      { numRuns: 300, seed: 7 },
    )
  })

  const edits = Object.entries({ ...COMMON, ...MORE[wire] })
  it('has at least 12 bad edits', () => expect(edits.length).toBeGreaterThanOrEqual(12))

  it.each(edits)('catches: %s', (_, edit) => {
    const items = fixedTranscript()
    const tools = structuredClone(SAMPLE_TOOLS)
    expect(VALIDATORS[wire](items, tools)).toEqual([])
    edit(items, tools)
    expect(VALIDATORS[wire](items, tools)).not.toEqual([])
  })

  it.each(edits)('catches incrementally: %s', (_, edit) => {
    const validate = createIncrementalValidator(wire)
    const good = fixedTranscript()
    expect(validate(good, SAMPLE_TOOLS)).toEqual([])
    const items = fixedTranscript()
    const tools = structuredClone(SAMPLE_TOOLS)
    edit(items, tools)
    expect(validate(items, tools)).toEqual(VALIDATORS[wire](items, tools))
  })
})

describe('incremental validator', () => {
  it('agrees with the full one at every growth, cut and replacement', () => {
    fc.assert(
      fc.property(
        transcript,
        fc.array(fc.nat({ max: 60 }), { maxLength: 12 }),
        fc.constantFrom(...WIRES),
        (items, cuts, wire) => {
          const validate = createIncrementalValidator(wire)
          for (const cut of [...cuts, items.length]) {
            const part = items.slice(0, cut)
            expect(validate(part, SAMPLE_TOOLS)).toEqual(VALIDATORS[wire](part, SAMPLE_TOOLS))
          }
        },
      ),
      { numRuns: 200, seed: 11 },
    )
  })

  it('reads only what was appended', () => {
    let reads = 0
    const watched = fixedTranscript().map(
      (item) => new Proxy(item, { get: (t, k) => (k === 'parts' && (reads += 1), Reflect.get(t, k)) }),
    )
    const validate = createIncrementalValidator('messages')
    validate(watched.slice(0, 3), SAMPLE_TOOLS)
    const before = reads
    validate(watched.slice(0, 3), SAMPLE_TOOLS)
    expect(reads).toBe(before)
  })
})

it('names the wire of each violation', () => {
  const items = fixedTranscript()
  items.shift()
  expect(new Set(validateEverywhere(items, SAMPLE_TOOLS).map((v) => v.wire))).toEqual(
    new Set(['messages', 'gemini']),
  )
})
