import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundView } from './bound-view.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { parseHandle } from './handle.ts'
import { propertyRuns } from '../testing/property-runs.ts'

const runs = propertyRuns(process.env)
const rows = (count: number, text = (i: number) => `row ${i}`) =>
  Array.from({ length: count }, (_, i) => text(i)).join('\n')

describe('boundView', () => {
  it('leaves a small output alone', () => {
    expect(boundView('a\nb\n')).toEqual({ text: 'a\nb', elided: 0, handle: null })
  })

  it('keeps head, tail and the window around an error, with addresses', () => {
    const view = boundView(
      rows(9000, (i) => (i === 4000 ? 'Error: boom at 7' : `row ${i} of a long log`)),
      { maxTokens: 600 },
    )
    expect(view.text).toMatch(/^row 0 /)
    expect(view.text).toMatch(/row 8999 of a long log$/)
    expect(view.text).toContain('row 3999 of a long log\nError: boom at 7\nrow 4001')
    expect(view.text).toMatch(
      /\[… [\d,]+ lines \/ [\d,]+ bytes left out; recall ref="b:[0-9a-f]{12}" lines=\d+-\d+\]/,
    )
    expect(parseHandle(view.handle ?? '')).toMatchObject({ kind: 'blob' })
  })

  it('gives addresses that hold: shown and left-out lines are the source', () => {
    const source = rows(5000, (i) => `é row ${i}`)
    const lines = source.split('\n')
    const view = boundView(source, { maxTokens: 400 })
    let at = 0
    for (const line of view.text.split('\n')) {
      const gap = /^\[… ([\d,]+) lines? \/ ([\d,]+) bytes left out; .* lines=(\d+)-(\d+)\]$/.exec(line)
      if (!gap) expect(line).toBe(lines[at++])
      else {
        expect(Number(gap[3])).toBe(at + 1)
        at = Number(gap[4])
        const bytes = Buffer.byteLength(lines.slice(Number(gap[3]) - 1, at).join('\n')) + 1
        expect(Number(gap[2]?.replaceAll(',', ''))).toBe(bytes)
      }
    }
    expect(at).toBe(5000)
  })

  it('addresses the middle of one long line by bytes', () => {
    const source = `${'ä'.repeat(30_000)}${'z'.repeat(90_000)}`
    const view = boundView(source, { maxTokens: 500 })
    const [, from, to] = /#bytes=(\d+)-(\d+)/.exec(view.text) ?? []
    const bytes = Buffer.from(source)
    const [head, tail] = view.text.split(/ \[….*…\] /)
    expect(head + bytes.subarray(Number(from), Number(to)).toString() + tail).toBe(source)
  })

  it('collapses progress, repeats and colours, and keeps the last state', () => {
    const view = boundView(
      `a\n1%\n2%\n99%\n\u001b[31mred\u001b[0m\n10%\r20%\r100% ok\r\n${'same\n'.repeat(500)}end\n`,
    )
    expect(view.text).toContain('a\n99% (×3, last shown)\nred\n100% ok\nsame (×500)\nend')
    expect(view.handle).not.toBeNull()
  })

  it('does not collapse the braces of code', () => {
    expect(boundView('  }\n }\n}\n}\nx').text).toBe('  }\n }\n}\n}\nx')
  })

  it('shortens JSON by its structure', () => {
    const source = JSON.stringify({
      list: Array.from({ length: 9000 }, (_, id) => ({ id, name: `n${id}` })),
      end: 'here',
    })
    const view = boundView(source, { maxTokens: 400 })
    expect(view.text).toContain('more\n')
    expect(view.text).toContain('"end": "here"')
  })

  it('bounds a capture that is not complete and names its line numbers', () => {
    const line = (i: number) => `line ${i}`
    const all = rows(100_000, line)
    const view = boundView(
      {
        bytes: all.length,
        lines: 100_000,
        head: `${rows(50, line)}\n`,
        tail: all.slice(-300),
        complete: false,
        windows: [{ line: 5001, text: 'x\nError: bad\ny' }],
        blob: { sha256: 'ab'.repeat(32) },
      },
      { maxTokens: 500 },
    )
    expect(view.text).toContain('lines=51-5000]\nx\nError: bad\ny\n[')
    expect(view.text).toContain('ref="b:abababababab"')
    expect(estimateTokens(view.text)).toBeLessThanOrEqual(500)
  })

  it('takes a 50 MB line, a 50 MB progress line and a million lines', () => {
    for (const source of ['x'.repeat(50_000_000), '9%\r'.repeat(16_000_000), rows(1_000_000)]) {
      const view = boundView(source)
      expect(estimateTokens(view.text)).toBeLessThanOrEqual(8000)
      expect(view.handle).not.toBeNull()
    }
  })

  it('is bounded, well-formed, deterministic and names a handle for whatever it leaves out', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('\n', '\r', '\u001b[1m', '\ud800', 'Error: x', '50%', '\n\n\n', '{"a":[1,2,3]}'),
      fc.tuple(fc.string({ maxLength: 8 }), fc.nat(900)).map(([text, count]) => text.repeat(count)),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.integer({ min: 200, max: 900 }),
        (pieces, maxTokens) => {
          const source = pieces.join('')
          const view = boundView(source, { maxTokens })
          expect(estimateTokens(view.text)).toBeLessThanOrEqual(maxTokens)
          expect(view.text.isWellFormed()).toBe(true)
          expect(view).toEqual(boundView(source, { maxTokens }))
          if (view.elided > 0) expect(view.text).toContain(`ref="${view.handle}`)
          const plain = source.replaceAll(/[^\n a-z]/g, '')
          if (plain === source && view.handle === null && !/(.*\n)\1\1/.test(`${source}\n`))
            expect(view.text).toBe(source.replace(/\n$/, ''))
        },
      ),
      { numRuns: runs },
    )
  })
})
