import { expect, test } from 'vitest'
import { jsonLine } from './json-printer.ts'

test('the envelope stands in every line, whatever the body holds', () => {
  const line = jsonLine('s1', {
    seq: 3,
    time: 7,
    turn: 1,
    step: 2,
    kind: 'note.written',
    body: { id: 'n1', type: 'decision', text: 'tabs' },
  })
  expect(JSON.parse(line)).toEqual({
    v: 1,
    type: 'note.written',
    session: 's1',
    seq: 3,
    time: 7,
    turn: 1,
    step: 2,
    entryType: 'decision',
    id: 'n1',
    text: 'tabs',
  })
})
