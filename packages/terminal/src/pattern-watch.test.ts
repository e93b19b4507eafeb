import { expect, test } from 'vitest'
import { createPatternWatch } from './pattern-watch.ts'

test('finds a match across chunks and in the middle of characters', () => {
  const watch = createPatternWatch(/bereit für \d+/u)
  const bytes = Buffer.from('… bereit für 8080')
  const results = Array.from(bytes, (_, index) => watch(bytes.subarray(index, index + 1)))
  expect(results.indexOf(true)).toBe(bytes.length - 4)
})

test('a global or sticky pattern keeps no place between chunks', () => {
  const watch = createPatternWatch(/ready/gy)
  expect(watch(Buffer.from('not '))).toBe(false)
  expect(watch(Buffer.from('ready'))).toBe(true)
})

test('a long line without a match is forgotten, its end is not', () => {
  const watch = createPatternWatch(/ab$/u)
  for (let count = 0; count < 100; count++) expect(watch(Buffer.alloc(65_536, 'x'))).toBe(false)
  expect(watch(Buffer.from('a'))).toBe(false)
  expect(watch(Buffer.from('b'))).toBe(true)
})

test('a pattern that would never come to an end is given up', () => {
  const watch = createPatternWatch(/(a+)+$/u)
  expect(watch(Buffer.from(`${'a'.repeat(64)}!`))).toBe(false)
  expect(watch(Buffer.from('a'))).toBe(false)
})
