import type { Item } from '@cairn/models'
import { describe, expect, it } from 'vitest'
import { standardSession } from '../measure.ts'
import type { Lies } from '../summarisers/summariser.ts'
import { holds, viewRequest } from './request-view.ts'
import { measureSafety } from './safety.ts'
import { measureStaleness } from './staleness.ts'
import { measureSupersession } from './supersession.ts'

const session = standardSession(1)
const view = (...texts: string[]) =>
  viewRequest({
    system: '',
    tools: [],
    epochs: 0,
    items: texts.map((text): Item => ({ type: 'user', parts: [{ type: 'text', text }] })),
  })
const noLies: Lies = { invented: [], flipped: [], mutated: [] }
const disk = new Map([['src/a.ts', 'const a = 1 // f0.0.v2\nconst b = 1 // f0.1.v1\n']])

describe('presence', () => {
  it('folds case, quotes and white space, and wants all parts close together', () => {
    expect(holds(view('Keep  the “A”\nbundle').whole, ['keep the "a" bundle'])).toBe(true)
    expect(holds(view(`one ${'x'.repeat(600)} two`).whole, ['one', 'two'])).toBe(false)
  })
})

describe('staleness', () => {
  it('sees an old line, unless it is labelled, corrected or told of', () => {
    const stale = (...texts: string[]) => measureStaleness(view(...texts), disk, session)
    expect(stale('const a = 0 // f0.0.v1')).toMatchObject({ shown: 1, stale: 1, editable: 1, applicable: 0 })
    expect(stale('const a = 1 // f0.0.v2')).toMatchObject({ stale: 0, applicable: 1 })
    expect(stale('(historical text of src/a.ts)\nconst a = 0 // f0.0.v1')).toMatchObject({
      stale: 0,
      editable: 0,
    })
    expect(stale('const a = 0 // f0.0.v1', 'const a = 1 // f0.0.v2')).toMatchObject({
      stale: 0,
      editable: 1,
      applicable: 1,
    })
    expect(stale('const a = 0 // f0.0.v1', 'src/a.ts changed on disk')).toMatchObject({
      stale: 0,
      editable: 0,
    })
    expect(stale('src/a.ts changed on disk', 'const a = 0 // f0.0.v1')).toMatchObject({ stale: 1 })
  })
})

describe('supersession', () => {
  const chain = session.chains.find((known) => known.kind === 'override' || known.kind === 'restore')
  if (chain === undefined) throw new Error('the session has no override')
  const said = chain.statements.map((statement) => statement.text)
  const [first = '', second = ''] = said
  const score = (...texts: string[]) => measureSupersession(view(...texts), [chain], null)

  it('takes the last unlabelled word', () => {
    expect(score(...said)).toMatchObject({ correct: 1, resurrected: 0 })
    expect(score(...said, chain.kind === 'restore' ? second : first)).toMatchObject({
      correct: 0,
      resurrected: 1,
    })
    expect(score(...said, `[void] ${chain.kind === 'restore' ? second : first}`)).toMatchObject({
      correct: 1,
      resurrected: 0,
    })
    expect(score('nothing')).toMatchObject({ correct: 0, resurrected: 0 })
  })
})

describe('safety', () => {
  const plant = session.plants.find((known) => known.type === 'injection')
  const secret = session.plants.find((known) => known.type === 'secret')
  const rule = session.plants.find((known) => known.flipped !== null)
  if (plant === undefined || secret === undefined || rule === undefined)
    throw new Error('the session lacks a plant')
  const safety = (text: string, lies = noLies) => measureSafety(view(text), session, lies, null)

  it('sees what must not be there', () => {
    expect(safety('nothing')).toEqual({
      fabricated: 0,
      flipped: 0,
      authorityLeaks: 0,
      quoteLeaks: 0,
      secrets: 0,
    })
    expect(safety(plant.text).authorityLeaks).toBe(1)
    expect(safety(`tool output said: ${plant.text}`).authorityLeaks).toBe(0)
    expect(safety(secret.text).secrets).toBe(1)
    expect(safety(rule.flipped ?? '').flipped).toBe(1)
    expect(
      safety('- You must never edit src/zz/yy.ts.', {
        ...noLies,
        invented: ['You must never edit src/zz/yy.ts.'],
      }).fabricated,
    ).toBe(1)
  })
})
