import { describe, expect, it } from 'vitest'
import { parseOutput } from './parse-output.ts'

const parse = (text: string, exit = 1) => {
  const { runner, passed, failed, failures } = parseOutput(text, { roots: ['/work/p'], exit })
  const places = failures.map(({ id, message, frames }) => [
    id,
    message.split('\n')[0],
    frames[0] ? `${frames[0].file}:${frames[0].line}` : null,
  ])
  return { runner, passed, failed, places }
}

describe('parseOutput', () => {
  it('reads vitest', () => {
    const text = ` RUN  v5.1.1 /work/p
 ❯ a.test.ts (2 tests | 2 failed) 17ms
 Test Files  1 failed (1)
      Tests  1 failed | 1 passed (2)
⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  a.test.ts > max > throws
TypeError: Cannot read properties of undefined (reading 'y')
 ❯ f src/a.ts:3:15
      1| import x
 ❯ a.test.ts:7:3

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯
`
    expect(parse(text)).toEqual({
      runner: 'vitest',
      passed: 1,
      failed: 1,
      places: [
        [
          'a.test.ts > max > throws',
          "TypeError: Cannot read properties of undefined (reading 'y')",
          'src/a.ts:3',
        ],
      ],
    })
  })

  it('reads jest', () => {
    const text = `FAIL test/sum.test.js
  sum
    ✕ adds (3 ms)
    ✓ is a function

  ● sum › adds

    expect(received).toBe(expected) // Object.is equality

    Expected: 3
    Received: 1

      2 | test('adds', () => {
    > 3 |   expect(sum(1, 2)).toBe(3)
        |                     ^

      at Object.toBe (test/sum.test.js:3:21)

Test Suites: 1 failed, 1 total
Tests:       1 failed, 1 passed, 2 total
`
    expect(parse(text)).toEqual({
      runner: 'jest',
      passed: 1,
      failed: 1,
      places: [
        [
          'test/sum.test.js > sum > adds',
          'expect(received).toBe(expected) // Object.is equality',
          'test/sum.test.js:3',
        ],
      ],
    })
  })

  it('reads mocha', () => {
    const text = `
  sum
    1) adds

  1 passing (4ms)
  1 failing

  1) sum
       adds:

      AssertionError [ERR_ASSERTION]: 1 == 3
      + expected - actual

      -1
      +3

      at Context.<anonymous> (test/sum.js:6:12)
      at process.processImmediate (node:internal/timers:491:21)
`
    expect(parse(text)).toEqual({
      runner: 'mocha',
      passed: 1,
      failed: 1,
      places: [['test/sum.js > sum > adds', 'AssertionError [ERR_ASSERTION]: 1 == 3', 'test/sum.js:6']],
    })
  })

  it('reads the TypeScript compiler', () => {
    expect(
      parse("src/t.ts(2,40): error TS2322: Type 'string' is not assignable to type 'number'.\n", 2).places,
    ).toEqual([
      [
        "src/t.ts TS2322: Type 'string' is not assignable to type 'number'.",
        "TS2322: Type 'string' is not assignable to type 'number'.",
        'src/t.ts:2',
      ],
    ])
  })

  it('reads TAP of other producers, with colours', () => {
    const text =
      '\u001B[32mTAP version 13\u001B[0m\nok 1 good\nnot ok 2 bad sum\n  ---\n    operator: equal\n    expected: 3\n    actual:   1\n    at: sum (/work/p/test/t.js:4:5)\n  ...\n1..2\n# tests 2\n# pass  1\n# fail  1\n'
    expect(parse(text)).toMatchObject({
      runner: 'node',
      passed: 1,
      failed: 1,
      places: [['bad sum', 'actual: 1', null]],
    })
  })

  it('takes named lines of home-made runners, else one failure for the run', () => {
    expect(parse('ok: a\nFAIL: b: expected 1\n✗ c\n').places.map(([id]) => id)).toEqual(['b', 'c'])
    expect(parse('bad things\n', 3).places).toEqual([['(run)', 'bad things', null]])
    expect(parse('all fine\n', 0).places).toEqual([])
    expect(parse('', 1).places).toEqual([['(run)', 'exit code 1', null]])
  })
})
