import { assert, integer, nat, property, record as recordOf, tuple, uniqueArray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRanges, readRefuted, refutedNote, writeRanges, type PlanRecord } from './refuted.ts'
import type { Transcript } from './transcript.ts'

const nothing: Transcript = { tools: new Set(), answers: 0, steps: [], userTexts: [], everything: '' }
const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b)
const indexes = uniqueArray(nat(500))

describe('ranges', () => {
  it('come back as they were written', () => {
    assert(
      property(indexes, (numbers) => {
        expect(readRanges(writeRanges(numbers))).toEqual(sorted(numbers))
      }),
    )
  })

  it('are short where numbers are next to each other', () => {
    expect(writeRanges([3, 1, 2, 0, 7])).toBe('0-3,7')
  })
})

describe('notes', () => {
  it('carry a record through a cut transcript, whatever stands around them', () => {
    const record = recordOf({
      refuted: indexes.filter((list) => list.length > 0),
      moved: indexes,
      helps: uniqueArray(tuple(nat(500), integer({ min: 1, max: 99 })), {
        selector: ([index]) => index,
      }),
    })
    assert(
      property(record, ({ refuted, moved, helps }) => {
        const written: PlanRecord = {
          refuted: new Set(refuted),
          moved: new Set(moved),
          helps: new Map(helps),
          green: new Set(),
          deadEnds: new Set(),
        }
        const everything = `memory:\n- n1 rejected: ${refutedNote('3f2a00', written)} [current]\n- other`
        const read = readRefuted({ ...nothing, everything }).get('3f2a00')
        expect(sorted(read?.refuted ?? [])).toEqual(sorted(refuted))
        expect(sorted(read?.moved ?? [])).toEqual(sorted(moved))
        expect(read?.helps).toEqual(new Map(helps))
      }),
    )
  })

  it('are completed by experiments that are still in view', () => {
    const text = 'experiment on `x`\nbetter: ab.1(2)\nmoved: ab.4\nrefuted: ab.0 ab.4+cd.7\nnot run: ab.9'
    const step = { index: 0, tool: 'experiment', args: {}, ok: true, text, elided: null }
    const records = readRefuted({
      ...nothing,
      steps: [step],
      everything: 'repair candidate ab.1 is a dead end',
    })
    expect(sorted(records.get('ab')?.refuted ?? [])).toEqual([0, 1, 4])
    expect(records.get('ab')?.helps).toEqual(new Map([[1, 2]]))
    expect(records.get('ab')?.deadEnds).toEqual(new Set([1]))
    expect(sorted(records.get('ab.4+cd')?.refuted ?? [])).toEqual([7])
  })
})
