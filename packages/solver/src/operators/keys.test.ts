import { expect, test } from 'vitest'
import { candidateTexts } from '../testing/candidate-texts.ts'

test.each([
  ['const grid = new Array(3).fill([0])\n', 'Array.from({ length: 3 }, () => [0])'],
  ['const grid = slots.fill({})\n', 'slots.fill().map(() => ({}))'],
  ['const f = (...args) => g(args[0])\n', 'g(args)'],
  ['const key = `${a}${b}`\n', '`${a}:${b}`'],
  ['for (const x in list) use(x)\n', 'for (const x of list)'],
  ['const d = Date.UTC(year, month, 0)\n', 'Date.UTC(year, month + 1, 0)'],
  ['const r = turn(rows).reverse()\n', 'turn([...rows].reverse())'],
  ['if (name in table) use(name)\n', 'Object.hasOwn(table, name)'],
  ['const p = new RegExp(word)\n', "new RegExp(word.replace(/[.*+?^${}()|[\\]\\\\]/g, '\\\\$&'))"],
  [
    'if (!seen.has([x, y])) seen.add([x, y])\n',
    'if (!seen.has(JSON.stringify([x, y]))) seen.add(JSON.stringify([x, y]))',
  ],
])('%s → %s', (text, part) => {
  expect(candidateTexts(text).some((each) => each.includes(part))).toBe(true)
})

test('escaped text is a pattern that means itself', () => {
  const candidate =
    candidateTexts('const p = new RegExp(word)\n').find((each) => each.includes('replace')) ?? ''
  const made: unknown = new Function('word', `${candidate}; return p.test(word) && !p.test('axb')`)('a.b')
  expect(made).toBe(true)
})
