import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertyRuns } from '../testing/property-runs.ts'
import { oneLine, shorten } from './shorten.ts'
import { textTokens } from './tokens.ts'

const NOTE = '[left out: recall ref="e:1"]'

describe('shorten', () => {
  it('keeps what fits, else head and tail around the note, within the bound and with whole characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 900 }),
        fc.integer({ min: 20, max: 200 }),
        (text, max) => {
          const short = shorten(text, max, NOTE)
          if (short === text) return
          expect(textTokens(short)).toBeLessThanOrEqual(max + 2)
          expect(short).toContain(NOTE)
          expect(short.isWellFormed()).toBe(true)
          const [head = '', tail = ''] = short.split(`\n${NOTE}\n`)
          expect(text.startsWith(head) && text.endsWith(tail)).toBe(true)
        },
      ),
      { numRuns: propertyRuns(process.env) },
    )
  })

  it('shortens a text of one line and a text of many', () => {
    expect(shorten('a'.repeat(1_000), 60, NOTE)).toMatch(/^a{60,}\n\[left out: recall ref="e:1"\]\na{60,}$/)
    const lines = Array.from({ length: 100 }, (_, n) => `line ${n}`).join('\n')
    expect(shorten(lines, 60, NOTE)).toMatch(/^line 0\n[^]*line \d+\n\[left[^]*\]\nline \d+\n[^]*line 99$/)
  })
})

describe('oneLine', () => {
  it('joins lines and cuts', () => {
    expect(oneLine('a\n  b\tc', 10)).toBe('a b c')
    expect(oneLine('abcdefghij', 5)).toBe('abcd…')
  })
})
