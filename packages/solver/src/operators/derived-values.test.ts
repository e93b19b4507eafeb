import { expect, test } from 'vitest'
import { candidateTexts as results } from '../testing/candidate-texts.ts'

test('a value that was derived is offered for the raw one, early', () => {
  const text =
    'export function tax(sums, cut, i) {\n  const base = sums[i] - cut\n  return { base, tax: sums[i] * 0.2 }\n}\n'
  expect(results(text).slice(0, 20)).toContain(text.replace('tax: sums[i]', 'tax: base'))
})

test('nothing is offered for its own derivation', () => {
  const text = 'export function f(a) {\n  const b = a + 1\n  return b\n}\n'
  expect(results(text)).not.toContain(text.replace('a + 1', 'b + 1'))
})

test('a forgotten step by a named number is offered', () => {
  const text = 'const DAY = 24 * 60\nexport function end(to) {\n  const last = Number(to)\n  return last\n}\n'
  expect(results(text)).toContain(text.replace('Number(to)', 'Number(to) + DAY'))
})
