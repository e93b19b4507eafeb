import type { Event, EventBodies, EventKind } from '@cairn/journal'
import { assert, constantFrom, array, property } from 'fast-check'
import { expect, test } from 'vitest'
import type { Block } from './block.ts'
import { diffOfCall, diffOfGit } from '@cairn/server'
import { reduceDelta } from './reduce-delta.ts'
import { reduceEvent } from './reduce-event.ts'
import { stableLength } from './stable-length.ts'
import { emptyTuiState } from './tui-state.ts'

const USAGE = { input: 100, cachedInput: 50, cacheWrite: 0, output: 10, reasoning: 0 }

function event<K extends EventKind>(kind: K, body: EventBodies[K]): Event {
  // Kind and body come in pairs from the typed parameter.
  return { seq: 1, time: 1_000, turn: 1, step: 1, kind, body } as Event
}
const answered = (parts: EventBodies['model.answered']['parts']) =>
  event('model.answered', {
    model: 'm',
    served: null,
    parts,
    usage: USAGE,
    costUsd: 0.01,
    finish: 'stop',
    ms: 1,
  })
const said = (blocks: readonly Block[]) =>
  blocks.flatMap((block) => (block.kind === 'said' ? [block.text] : [])).join('')

test.each([
  ['one line', 'one', 0],
  ['a finished paragraph', 'one\n\ntwo', 5],
  ['an open fence', 'one\n\n```\ncode\n\nmore', 5],
  ['a closed fence', '```\ncode\n\nmore\n```\n\nnext', 20],
  ['a list that may go on', '- a\n\n- b\n\n', 0],
  ['text after a list', '- a\n\ntext', 5],
  ['a paragraph that belongs to an item', '- a\n\n  more', 0],
])('what is stable of %s', (_name, text, length) => {
  expect(stableLength(text, 0)).toBe(length)
})

test('however a text is cut into pieces, it is shown once, whole and in order', () => {
  const piece = constantFrom('word ', '\n', '\n\n', '- item\n', '```\n', '# head\n', '  deep\n')
  assert(
    property(array(piece, { maxLength: 40 }), (pieces) => {
      const state = emptyTuiState()
      for (const text of pieces) reduceDelta(state, { type: 'text', text })
      const text = pieces.join('')
      reduceEvent(state, answered([{ type: 'text', text }]))
      expect(said(state.blocks).replace(/\s/gu, '')).toBe(text.replace(/\s/gu, ''))
      expect(state.speech).toEqual({ text: '', shown: 0 })
    }),
  )
})

test('what broke off is said to be void, and the new answer is shown whole', () => {
  const state = emptyTuiState()
  reduceDelta(state, { type: 'text', text: 'half of it\n\nand' })
  reduceDelta(state, { type: 'void', reason: 'cut', waitMs: 0 })
  reduceEvent(state, answered([{ type: 'text', text: 'all of it' }]))
  expect(state.blocks).toMatchObject([
    { kind: 'said', text: 'half of it\n\n' },
    { kind: 'said', text: 'and' },
    { kind: 'notice', text: expect.stringContaining('void') },
    { kind: 'said', text: 'all of it', begins: true },
  ])
})

test('calls run, end, and are kept; quiet ones make no line', () => {
  const state = emptyTuiState()
  const call = (id: string, tool: string) => ({ type: 'call' as const, id, tool, args: '{"command":"ls"}' })
  reduceEvent(state, answered([call('a', 'exec'), call('b', 'note')]))
  expect(state.open.map(({ id }) => id)).toEqual(['a', 'b'])
  reduceEvent(state, event('tool.done', { call: 'a', tool: 'exec', ok: true, output: 'x', ms: 1 }))
  reduceEvent(state, event('tool.done', { call: 'b', tool: 'note', ok: true, output: '', ms: 1 }))
  expect(state.open).toEqual([])
  expect(state.calls).toHaveLength(2)
  expect(state.blocks.filter(({ kind }) => kind === 'call')).toHaveLength(1)
  expect([state.steps, state.usage.input, state.costUsd]).toEqual([1, 100, 0.01])
})

test('an end does not repeat what was said', () => {
  const finished = (summary: string) =>
    event('session.finished', {
      status: 'done',
      summary,
      openItems: [],
      evidence: [],
      steps: 1,
      costUsd: 0,
      usage: USAGE,
    })
  const state = emptyTuiState()
  reduceEvent(state, answered([{ type: 'text', text: 'It is 42.' }]))
  reduceEvent(state, finished('It is 42.'))
  expect(said(state.blocks)).toBe('It is 42.')
  reduceEvent(state, finished('Something else.'))
  expect(said(state.blocks)).toBe('It is 42.Something else.')
})

test('a delivered message leaves the queue', () => {
  const state = emptyTuiState()
  state.queue.push({ text: 'a', when: 'boundary' }, { text: 'b', when: 'boundary' })
  reduceEvent(state, event('user.message', { text: 'b' }))
  expect(state.queue.map(({ text }) => text)).toEqual(['a'])
})

test('changes of both edit tools and of git', () => {
  const patch = '*** Begin Patch\n*** Update File: a.ts\n@@ f\n same\n-old\n+new\n*** End Patch'
  expect(diffOfCall(JSON.stringify({ patch }))?.map(({ type }) => type)).toEqual([
    'file',
    'hunk',
    'same',
    'del',
    'add',
  ])
  const edit = { path: 'a.ts', old: 'a\nb\nc', new: 'a\nB\nc' }
  expect(diffOfCall(JSON.stringify(edit))).toEqual([
    { type: 'file', text: 'update a.ts' },
    { type: 'same', text: 'a' },
    { type: 'del', text: 'b' },
    { type: 'add', text: 'B' },
    { type: 'same', text: 'c' },
  ])
  expect([diffOfCall('{"path":'), diffOfCall('{"command":"ls"}')]).toEqual([null, null])
  expect(diffOfGit('diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n--- old\n+new')).toEqual([
    { type: 'file', text: 'a/x b/x' },
    { type: 'hunk', text: '-1 +1' },
    { type: 'del', text: '-- old' },
    { type: 'add', text: 'new' },
  ])
})
