import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allCases } from './cases.ts'
import { defences } from './defences.ts'
import { runCase } from './run-case.ts'

test('every case has an id of its own, and names defences that there are', () => {
  expect(allCases.length).toBeGreaterThanOrEqual(100)
  expect(new Set(allCases.map(({ id }) => id)).size).toBe(allCases.length)
  const known = new Set(defences.map(({ id }) => id))
  expect(allCases.flatMap(({ stoppedBy = [] }) => stoppedBy).filter((id) => !known.has(id))).toEqual([])
})

test('every text that a defence is switched off by stands in the product once', () => {
  const stale = defences.flatMap(({ id, edits }) =>
    edits
      .filter(
        ({ file, find }) =>
          readFileSync(join(import.meta.dirname, '../packages', file), 'utf8').split(find).length !== 2,
      )
      .map(({ file, find }) => `${id}: ${file}: ${find}`),
  )
  expect(stale).toEqual([])
})

test.each(allCases.filter(({ quick }) => quick === true))('$id', async (attack) => {
  expect(await runCase(attack, () => performance.now())).toMatchObject({ verdict: 'held', detail: '' })
})
