import type { Item } from '@cairn/models'
import { expect, it } from 'vitest'
import { readTranscript } from './transcript.ts'
import { recallTrial } from './recall-trial.ts'
import { openNotes, readRefuted } from './refuted.ts'

const tools = ['note', 'recall', 'experiment'].map((name) => ({ name, description: '', schema: {} }))

const step = (id: string, tool: string, args: unknown, text: string): Item[] => [
  { type: 'assistant', parts: [{ type: 'call', id, tool, args: JSON.stringify(args) }] },
  { type: 'results', results: [{ id, tool, ok: true, parts: [{ type: 'text', text }] }] },
]
const read = (...items: Item[][]) => readTranscript({ system: '', tools, items: items.flat() })

const cut = step(
  '1',
  'experiment',
  { command: 'x' },
  'experiment on `x` (1 failing): 1 green\ngreen: ab.4\n[left out: recall ref="e:61"]\n0-30,32',
)
const whole = 'experiment on `x` (1 failing): 1 green\ngreen: ab.41\nrefuted: ab.0-30,32'
const recalled = step(
  '2',
  'recall',
  { ref: 'e:61' },
  `[current] e:61, seq 61, tool.done, lines 1-40:\n${whole}`,
)

it('believes nothing of half a result, and asks for the whole of it', () => {
  const transcript = read(cut)
  expect(readRefuted(transcript).size).toBe(0)
  expect(recallTrial(transcript)?.calls).toEqual([{ tool: 'recall', args: { ref: 'e:61', lines: [1, 40] } }])
  const again = read(
    cut,
    step('2', 'recall', { ref: 'e:61' }, '[current] e:61\n[left out: recall ref="e:66"]'),
  )
  expect(recallTrial(again)?.calls[0]?.args).toEqual({ ref: 'e:61', lines: [1, 41] })
})

it('takes what was recalled as the result, and notes it once', () => {
  const transcript = read(cut, recalled)
  expect(recallTrial(transcript)).toBeNull()
  const record = readRefuted(transcript).get('ab')
  expect([record?.refuted.size, [...(record?.green ?? [])]]).toEqual([32, [41]])
  const [note, ...rest] = openNotes(transcript)
  expect(rest).toEqual([])
  expect(note?.text).toBe('repair plan ab candidates 0-30,32 refuted; green: 41')
  const noted = read(cut, recalled, step('3', 'note', { type: 'rejected', ...note }, 'Noted.'))
  expect(openNotes(noted)).toEqual([])
})
