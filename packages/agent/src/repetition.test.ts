import { expect, test } from 'vitest'
import { createRepetitionWatch } from './repetition.ts'

const call = (output: string) => [{ tool: 'exec', args: '{}', output }]

test('the same call with the same result is warned about and finally stopped', () => {
  const watch = createRepetitionWatch()
  const verdicts = Array.from({ length: 40 }, () => watch.see(call('same')))
  expect(
    verdicts.flatMap((verdict) => (verdict.kind === 'fine' ? [] : [`${verdict.kind} ${verdict.times}`])),
  ).toEqual(['warn 4', 'warn 10', 'warn 20', 'warn 30', 'stop 40'])
})

test('another result starts the count again', () => {
  const watch = createRepetitionWatch()
  for (let round = 0; round < 30; round += 1) {
    expect(watch.see(call('a')).kind).toBe('fine')
    expect(watch.see(call('a')).kind).toBe('fine')
    expect(watch.see(call('b')).kind).toBe('fine')
  }
})
