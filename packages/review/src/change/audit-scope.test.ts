import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { auditScope } from './audit-scope.ts'

/** `count` files in a ring, each loading the next, and a hub that loads all. */
function ring(count: number): Map<string, string> {
  const texts = new Map<string, string>()
  for (let n = 0; n < count; n += 1)
    texts.set(`src/f${n}.ts`, `import { x } from './f${(n + 1) % count}.ts'\nexport { x }\n`)
  texts.set('src/index.ts', Array.from({ length: count }, (_, n) => `export * from './f${n}.ts'`).join('\n'))
  return texts
}

test('a small project is in reach as a whole', () => {
  expect(auditScope(ring(5), new Set(['src/f0.ts']), 20).size).toBe(6)
})

test('the changed files are always in it, then the nearest, and never more than allowed', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 80, max: 200 }),
      fc.integer({ min: 4, max: 40 }),
      fc.array(fc.nat(79), { minLength: 1, maxLength: 5 }),
      (count, most, picked) => {
        const changed = new Set(picked.map((n) => `src/f${n}.ts`))
        const scope = auditScope(ring(count), changed, most)
        expect(scope.size).toBeLessThanOrEqual(changed.size + most)
        for (const path of changed) expect(scope).toContain(path)
        const [first = 0] = picked
        if (most >= 20)
          for (const near of [(first + 1) % count, (first + count - 1) % count])
            expect(scope).toContain(`src/f${near}.ts`)
      },
    ),
    { numRuns: 100 },
  )
})

test('a hub does not lead everywhere', () => {
  const scope = auditScope(ring(150), new Set(['src/f10.ts']), 8)
  expect([...scope].toSorted()).toEqual(
    ['f10', 'f11', 'f12', 'f13', 'f14', 'f7', 'f8', 'f9', 'index'].map((name) => `src/${name}.ts`).toSorted(),
  )
})
