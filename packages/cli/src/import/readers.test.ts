import { anything, array, assert, constantFrom, dictionary, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { objectsOfLines, type ImportedSession } from './imported-session.ts'
import { readAtif } from './read-atif.ts'
import { readClaudeCode } from './read-claude-code.ts'
import { readCodex } from './read-codex.ts'
import { readExport } from './read-export.ts'

const words = constantFrom(
  'user',
  'assistant',
  'agent',
  'message',
  'function_call',
  'function_call_output',
  'reasoning',
  'tool_use',
  'tool_result',
  'text',
  'call',
  'response_item',
  'event_msg',
  'thread_rolled_back',
  'user.message',
  'model.answered',
  'tool.done',
)
const keys = constantFrom(
  'type',
  'role',
  'content',
  'text',
  'message',
  'payload',
  'parts',
  'steps',
  'source',
  'tool_calls',
  'observation',
  'results',
  'output',
  'call_id',
  'id',
  'usage',
  'num_turns',
  'uuid',
  'metrics',
)
/** Foreign JSON: fields that readers know, with values of any kind. */
const foreign = dictionary(
  keys,
  anything({ key: keys, values: [words], maxDepth: 4, withNullPrototype: false }),
)

function isWhole(found: ImportedSession | null): void {
  if (found === null) return
  expect(found.leftOut).toBeGreaterThanOrEqual(0)
  for (const step of found.steps) {
    expect(step.time === null || Number.isSafeInteger(step.time)).toBe(true)
    if (step.type === 'message') expect(typeof step.text).toBe('string')
    else if (step.type === 'result')
      expect([typeof step.call, typeof step.output]).toEqual(['string', 'string'])
    else
      for (const part of step.parts)
        expect(Object.values(part).every((value) => typeof value === 'string')).toBe(true)
  }
}

test('whatever stands in a file of another program, readers give whole steps or nothing', () => {
  const line = record({ type: words, uuid: words, role: words, message: foreign, payload: foreign })
  const mixed = array(line, { maxLength: 6 })
  assert(
    property(mixed, array(foreign, { maxLength: 4 }), (lines, steps) => {
      const values = lines.map((one) => ({ ...one }))
      isWhole(readClaudeCode(values))
      isWhole(readCodex(values))
      isWhole(readCodex([...values, ...steps]))
      isWhole(readAtif({ schema_version: 'ATIF-v1.7', steps }))
      // A reader of journals: kinds and bodies of anybody, as events.
      const events = lines.map(({ type, message }, at) => ({
        seq: at + 1,
        time: 5,
        turn: 1,
        step: 1,
        kind: type,
        body: message,
      }))
      isWhole(readExport('s', events as never))
    }),
    { numRuns: 300 },
  )
})

test('lines that are no JSON are no transcript; half a line at the end is forgiven', () => {
  expect(objectsOfLines('{"a":1}\n\n{"b":2}\n{"c":')).toEqual([{ a: 1 }, { b: 2 }])
  for (const bad of ['', '\n', 'hello', '[1]\n', '{"a":1}\nnoise\n{"b":2}\n'])
    expect(objectsOfLines(bad)).toBeNull()
})

test('turns that a person took back in Codex are not brought in', () => {
  const said = (role: string, text: string) => ({
    type: 'response_item',
    payload: { type: 'message', role, content: [{ type: 'input_text', text }] },
  })
  const back = (turns: unknown) => ({
    type: 'event_msg',
    payload: { type: 'thread_rolled_back', num_turns: turns },
  })
  const turns = [1, 2, 3].flatMap((n) => [said('user', `ask ${n}`), said('assistant', `answer ${n}`)])
  const asked = (lines: object[]) =>
    readCodex(lines as { [key: string]: unknown }[])?.steps.flatMap((step) =>
      step.type === 'message' ? [step.text] : [],
    )
  expect(asked([...turns, back(1)])).toEqual(['ask 1', 'ask 2'])
  expect(asked([...turns, back(2), said('user', 'ask 4')])).toEqual(['ask 1', 'ask 4'])
  expect(asked([...turns, back(9)])).toEqual([])
  for (const odd of [0, -1, Number.NaN, 'x', null]) expect(asked([...turns, back(odd)])).toHaveLength(3)
})
