import type { Event, EventBodies, EventKind } from '@cairn/journal'
import { expect, test } from 'vitest'
import { createHumanPrinter } from './human-printer.ts'
import { createPaint } from './paint.ts'

const USAGE = { input: 1_000, cachedInput: 500, cacheWrite: 0, output: 30, reasoning: 0 }

function told(
  options: { columns?: number; verbose?: boolean; tellsEnd?: boolean },
  events: [EventKind, unknown][],
): string {
  let out = ''
  const printer = createHumanPrinter({
    write: (text) => (out += text),
    paint: createPaint({}, {}),
    live: { set: () => undefined, clear: () => undefined },
    columns: 40,
    verbose: false,
    tellsEnd: false,
    now: () => 2_000,
    contextShare: () => 0.05,
    ...options,
  })
  // The bodies of the tests are those that the kinds have.
  for (const [n, [kind, body]] of events.entries())
    printer.event({ seq: n + 1, time: 1_000, turn: 1, step: 1, kind, body } as Event)
  return out
}

const answered = (parts: EventBodies['model.answered']['parts']): [EventKind, unknown] => [
  'model.answered',
  { model: 'm', served: null, parts, usage: USAGE, costUsd: 0.02, finish: 'stop', ms: 5 },
]
const started: [EventKind, unknown] = [
  'session.started',
  { version: '1', cwd: '/w', model: { provider: 'p', id: 'm' }, title: 't', check: 'npm test' },
]
const finished = (status: string, summary: string, openItems: string[] = []): [EventKind, unknown] => [
  'session.finished',
  { status, summary, openItems, evidence: [], steps: 1, costUsd: 0, usage: USAGE },
]
const call = {
  type: 'call' as const,
  id: 'c',
  tool: 'exec',
  args: '{"command":"npm test -- --reporter=dot --grep everything"}',
}

test('a session in calm lines that fit', () => {
  const out = told({}, [
    started,
    ['user.message', { text: 'make the failing tests pass and tell me what it was' }],
    answered([{ type: 'text', text: 'I run the tests first, to see what they say about the parser.' }, call]),
    ['tool.done', { call: 'c', tool: 'exec', ok: false, output: '[exit 1]\nbad', exit: 1, ms: 1_234 }],
    ['tool.done', { call: 'x', tool: 'note', ok: true, output: 'Noted.', ms: 0 }],
    [
      'plan.updated',
      {
        items: [
          { text: 'look', status: 'done' },
          { text: 'mend', status: 'active' },
        ],
      },
    ],
    ['check.finished', { command: 'npm test', ok: false, exit: 1, passed: 3, failed: 1, failures: [] }],
    ['gate.decided', { accepted: false, reasons: ['the check `npm test` is red (1 failed)'], evidence: [] }],
    ['harness.message', { text: 'Not accepted as finished: …', reason: 'gate' }],
    finished('blocked', 'It does not work.', ['the parser']),
  ])
  expect(out).toMatchInlineSnapshot(`
    "cairn p/m · /w · check: npm test
    › make the failing tests pass and tell…
    ● I run the tests first, to see what
      they say about the parser.
      ✗ exec npm test -- --re… exit 1 1.2 s
      plan 1/2: mend
      ✗ check red npm test: 3 passed, 1 …
    ! not accepted: the check \`npm test\` i…
    ✘ blocked
      open: the parser
    1 step · 1.0 s · 1.0k in (50 % cached), 30 out · $0.02 · context 5 %
    "
  `)
})

test('the answer of a run is left to the caller; a story tells it', () => {
  const events = [started, answered([{ type: 'text', text: 'It is 42.' }]), finished('answered', 'It is 42.')]
  expect(told({}, events)).not.toContain('42')
  expect(told({ tellsEnd: true }, events).match(/● It is 42\./g)).toHaveLength(1)
})

test('what a model and a tool say cannot move the cursor, nor hide anything', () => {
  const evil = 'a\u001B[2Jb\u202Ec\r'
  const out = told({ verbose: true, tellsEnd: true }, [
    [
      'session.started',
      { version: '1', cwd: `/w${evil}`, model: { provider: 'p', id: evil }, title: 't', check: evil },
    ],
    ['instructions.loaded', { files: [{ path: evil, sha256: '', text: '' }] }],
    ['conventions.loaded', { active: [], leftOut: [{ kind: 'skill', name: evil, path: evil, why: evil }] }],
    ['user.message', { text: evil }],
    answered([
      { type: 'text', text: evil },
      { ...call, tool: evil, args: JSON.stringify({ command: evil }) },
    ]),
    ['tool.done', { call: 'c', tool: evil, ok: false, output: evil, ms: 1 }],
    ['check.finished', { command: evil, ok: true, exit: 0, passed: null, failed: null, failures: [] }],
    ['plan.updated', { items: [{ text: evil, status: 'active' }] }],
    ['model.failed', { code: 'server', message: evil, retryable: true }],
    finished('failed', evil, [evil]),
  ])
  for (const hidden of ['\u001B', '\u202E', '\r']) expect(out).not.toContain(hidden)
  expect(out).toContain('‹U+001B›')
})

test('the embedded engine has no tokens to tell of', () => {
  const out = told({}, [
    [
      'session.started',
      { version: '1', cwd: '/w', model: { provider: 'embedded', id: 'e' }, title: 't', check: null },
    ],
    answered([]),
    finished('done', 'x'),
  ])
  expect(out).toContain('1 step · 1.0 s\n')
})
