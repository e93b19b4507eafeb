import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutToWidth, displayWidth, wrapText } from './display-width.ts'

test('wide characters take two columns, combining ones none', () => {
  expect(['abc', 'äö', '日本', 'e\u0301', '⛰', '🏔'].map(displayWidth)).toEqual([3, 2, 4, 1, 1, 1])
  expect(displayWidth('🚀')).toBe(2)
})

test('a cut text ends in an ellipsis', () => {
  expect([cutToWidth('mountain', 8), cutToWidth('mountain', 5), cutToWidth('日本語', 4)]).toEqual([
    'mountain',
    'moun…',
    '日…',
  ])
})

test('words stay whole where they can, written indentation and lines stay', () => {
  expect(wrapText('the quick brown fox\n  - jumps over', 11)).toEqual([
    'the quick',
    'brown fox',
    '  - jumps',
    'over',
  ])
  expect(wrapText('a/very/long/path/indeed', 10)).toEqual(['a/very/lon', 'g/path/ind', 'eed'])
})

test('no line is too wide and nothing but space is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), fc.integer({ min: 10, max: 40 }), (text, width) => {
      const shown = text.replace(/[^\x20-\x7e\n]/g, '')
      const lines = wrapText(shown, width)
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width)
      expect(lines.join('').replace(/\s/g, '')).toBe(shown.replace(/\s/g, ''))
      expect(displayWidth(cutToWidth(shown.replace(/\n/g, ' '), width))).toBeLessThanOrEqual(width)
    }),
  )
})
