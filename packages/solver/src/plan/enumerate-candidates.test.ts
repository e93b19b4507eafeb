import { describe, expect, it } from 'vitest'
import { readSource } from '../syntax/source-file.ts'
import { applySplices, enumerateCandidates, isValidPatch } from './enumerate-candidates.ts'
import { readHints } from './hints.ts'
import { asUniqueReplacement, placeEdits } from './place-edits.ts'

const text = `const limits = { low: 1 }
export function pick(list, key) {
  const copy = [...list].sort()
  for (let i = 0; i < copy.length; i++) {
    if (copy[i].name === key && limits.low) return { key, at: i }
  }
  return null
}
`

function candidates(failure: { id: string; message: string } = { id: 'a', message: '' }) {
  const file = readSource('a.js', text)
  if (file === null) throw new Error('not a program')
  const lines = new Map(text.split('\n').map((_, index) => [index + 1, 1]))
  return {
    file,
    patches: enumerateCandidates(file, lines, readHints([{ ...failure, at: null, source: [] }])),
  }
}

describe('enumerateCandidates', () => {
  it('gives the same order for the same file, and no patch twice', () => {
    const [first, second] = [candidates().patches, candidates().patches]
    expect(first).toEqual(second)
    const results = first.map(({ splices }) => applySplices(text, splices))
    expect(results).not.toContain(text)
    const keys = first.map(({ splices }) => JSON.stringify(splices))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('offers mostly programs, all of which can be written as an edit that fits once', () => {
    const { file, patches } = candidates()
    const valid = patches.filter(({ splices }) => isValidPatch(file, splices))
    expect(valid.length / patches.length).toBeGreaterThan(0.9)
    for (const { splices } of valid) {
      const replacement = asUniqueReplacement(text, splices)
      expect(replacement).not.toBeNull()
      if (replacement === null) continue
      expect(text.split(replacement.old)).toHaveLength(2)
      expect(text.replace(replacement.old, () => replacement.new)).toBe(applySplices(text, splices))
    }
    const [edit] = placeEdits('a.js', text, [
      { start: text.indexOf('copy['), end: text.indexOf('copy[') + 4, text: 'list' },
    ])
    expect(edit).toEqual({ path: 'a.js', line: 5, column: 9, old: 'copy', new: 'list' })
  })

  it('follows what the failures say', () => {
    const rank = (patches: ReturnType<typeof candidates>['patches'], family: string) =>
      patches.findIndex((patch) => patch.family === family)
    const ordered = candidates({ id: 't > keeps the order', message: "'ab' !== 'ba'" }).patches
    expect(rank(ordered, 'order')).toBeLessThan(rank(candidates().patches, 'order'))
    const thrown = candidates({
      id: 't',
      message: "TypeError: Cannot read properties of undefined (reading 'name')",
    }).patches
    expect(rank(thrown, 'guard')).toBeLessThan(rank(candidates().patches, 'guard'))
  })
})
