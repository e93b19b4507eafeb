import { assert, integer, property } from 'fast-check'
import { expect, it } from 'vitest'
import { renderLocalization, type Localization } from './localization.ts'

const found: Localization = {
  command: 'npm test',
  ok: false,
  passed: 3,
  failures: Array.from({ length: 12 }, (_, index) => ({
    id: `test/a.test.js > case ${index}`,
    message: `expected ${'value '.repeat(60)}`,
    at: `test/a.test.js:${index + 1}`,
    source: ['const first = 1', 'const second = 2', 'assert.equal(first, second)'],
  })),
  lines: Array.from({ length: 300 }, (_, index) => ({
    file: `src/${index % 3}.js`,
    line: 1 + index * 2,
    score: Math.round(100 - index / 3) / 100,
  })),
  sizes: new Map([['src/0.js', { lines: 600, bytes: 20_000 }]]),
  method: 'coverage',
}

it('is bounded, best first, and never without the first failure and the most suspicious file', () => {
  assert(
    property(integer({ min: 120, max: 4_000 }), (tokens) => {
      const text = renderLocalization(found, tokens)
      expect(text.length).toBeLessThanOrEqual(tokens * 4)
      expect(text).toMatch(/^localization of `npm test`: 12 failing, 3 passing; lines by coverage\nfail /)
      expect(text).toMatch(/^file src\/0\.js \(600 lines, 20000 bytes\) 1=1/m)
    }),
  )
})

it('is whole without a bound', () => {
  const text = renderLocalization(found)
  expect(text.match(/^fail /gm)).toHaveLength(8)
  expect(text).toContain('and 4 more')
  expect(text.match(/\d=[01]/g)).toHaveLength(300)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(1_100)
})
