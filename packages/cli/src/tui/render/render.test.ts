import { expect, test } from 'vitest'
import { assert, property, string } from 'fast-check'
import { visibleWidth } from '@earendil-works/pi-tui'
import { createPaint } from '../../output/paint.ts'
import { ESC, onlyColours } from '../driver/only-colours.ts'
import type { Block, CallView } from '../state/block.ts'
import { highlight } from './highlight.ts'
import { renderBlock } from './render-block.ts'
import { renderQuestion } from './render-question.ts'
import { contextBar } from './status-line.ts'

const plain = createPaint({}, {})
const COLOUR = new RegExp(`${ESC}\\[[\\d;]*m`, 'u')
const painted = createPaint({}, { FORCE_COLOR: '1' })
const call = (text: string): CallView => ({
  id: 'c',
  tool: text,
  subject: text,
  args: JSON.stringify({ command: text }),
  diff: [
    { type: 'file', text },
    { type: 'add', text },
    { type: 'del', text },
  ],
  startedAt: 0,
  done: { ok: false, exit: 1, ms: 900, output: text, lost: null },
})
const blocksOf = (text: string): Block[] => [
  { kind: 'welcome', version: '1', cwd: text, model: text, notice: text },
  { kind: 'user', text },
  { kind: 'said', text, begins: true },
  { kind: 'call', call: call(text) },
  { kind: 'plan', items: [{ text, status: 'active' }] },
  { kind: 'notice', tone: 'warn', mark: '!', text },
  { kind: 'report', title: text, lines: [text] },
  { kind: 'end', good: false, status: 'failed', openItems: [text], totals: '' },
]

test('no text, whatever it holds, brings a control character to the terminal', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 60 }), (text) => {
      for (const open of [false, true])
        for (const block of blocksOf(`${text}\u001B]0;x\u0007\u202E&#27;[2J`))
          for (const line of renderBlock(block, { width: 40, paint: painted, open })) {
            const colourless = line.split(COLOUR).join('')
            expect(/[\p{Cc}\u202E]/u.test(colourless), JSON.stringify(line)).toBe(false)
          }
    }),
    { numRuns: 60 },
  )
})

test('the last gate lets colours through, and nothing else', () => {
  expect(onlyColours('\u001B[1;31mred\u001B[0m\u001B[2J\u001B]8;;http://x\u0007a\rb')).toBe(
    '\u001B[1;31mred\u001B[0m‹U+001B›[2J‹U+001B›]8;;http://x‹U+0007›a‹U+000D›b',
  )
})

test('a link shows where it leads', () => {
  const [line = ''] = renderBlock(
    { kind: 'said', text: '[safe](http://evil.example/x)', begins: false },
    { width: 80, paint: plain, open: false },
  )
  expect(line).toContain('http://evil.example/x')
})

test('money and variables are no mathematics', () => {
  const lines = renderBlock(
    { kind: 'said', text: 'It costs $5 and $HOME is set to $PATH.', begins: false },
    { width: 80, paint: plain, open: false },
  )
  expect(lines[0]).toBe('  It costs $5 and $HOME is set to $PATH.')
})

test('without colours the signs remain', () => {
  const edited: CallView = {
    ...call('edit'),
    diff: [
      { type: 'file', text: 'update a.ts' },
      { type: 'del', text: 'const a = 1' },
      { type: 'add', text: 'const a = 2' },
    ],
    done: { ok: true, exit: null, ms: 1, output: '', lost: null },
  }
  expect(renderBlock({ kind: 'call', call: edited }, { width: 60, paint: plain, open: false })).toEqual([
    '  ✓ edit edit',
    '    update a.ts',
    '    - const a = 1',
    '    + const a = 2',
  ])
})

test('code is coloured by words, strings and comments', () => {
  const marked = createPaint({}, { FORCE_COLOR: '1' })
  expect(highlight('const a = "if" // if', 'a.ts', marked)).toBe(
    '\u001B[36mconst\u001B[39m a = \u001B[32m"if"\u001B[39m \u001B[2m// if\u001B[22m',
  )
  expect(highlight('# no code', 'a.md', marked)).toBe('# no code')
})

test('the bar shows something as soon as there is something', () => {
  expect([0, 0.001, 0.5, 2].map((share) => contextBar(share, plain))).toEqual([
    '▱▱▱▱▱▱▱▱▱▱ 0 %',
    '▰▱▱▱▱▱▱▱▱▱ 0 %',
    '▰▰▰▰▰▱▱▱▱▱ 50 %',
    '▰▰▰▰▰▰▰▰▰▰ 200 %',
  ])
})

test('a question shows every byte of the action, visible where it is hidden, and no line is too wide', () => {
  const command = `echo ${'x'.repeat(300)}\u200B; rm -rf /tmp/a\n\techo end`
  const lines = renderQuestion(
    {
      id: 'q',
      session: 's',
      call: 'c',
      action: { tool: 'exec', args: JSON.stringify({ command, tty: true }), cwd: '/w', files: [] },
      actionSha256: '',
      policySha256: '',
      decisionId: '',
      rule: 'builtin:x',
      reason: 'because',
      requester: 'agent',
      approvers: 2,
      allowed: null,
      grantedBy: [],
      scopes: ['once'],
      provenance: [{ literal: 'evil.example', kind: 'host', source: null }],
      requestedAt: 0,
      expiresAt: 1,
    },
    60,
    plain,
  )
  expect(Math.max(...lines.map(visibleWidth))).toBeLessThanOrEqual(61)
  const bytes = lines
    .filter((line) => line.startsWith('│'))
    .map((line) => line.slice(2))
    .join('')
  expect(bytes.match(/x/gu)).toHaveLength(300)
  expect(bytes).toContain('‹U+200B›')
  expect(bytes).toContain('tty: true')
  expect(lines.join('\n')).toContain('named by the model alone')
})
