import { expect, test } from 'vitest'
import { mergeSarif, readSarif } from './read-sarif.ts'

const foreign = {
  version: '2.1.0',
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  inlineExternalProperties: [{ guid: 'x' }],
  runs: [
    {
      tool: { driver: { name: 'other', rules: [{ id: 'R1', 'x-own': [1, { a: null }] }] } },
      results: [{ ruleId: 'R1', message: { text: 'm' }, partialFingerprints: { p: '1' }, custom: true }],
      properties: { theirs: 1 },
    },
  ],
}

test('a log that is read and written again is the same, unknown properties included', () => {
  const text = JSON.stringify(foreign)
  expect(JSON.parse(JSON.stringify(readSarif(text, 'a.sarif')))).toEqual(foreign)
  expect(readSarif(`\uFEFF${text}`, 'a.sarif').runs).toHaveLength(1)
})

test('merging keeps every run as it was, and what belonged to a foreign log with its first run', () => {
  const own = readSarif(
    JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'cairn' } } }] }),
    'own',
  )
  const merged = mergeSarif(own, [readSarif(JSON.stringify(foreign), 'a.sarif')])
  expect(merged.runs[0]).toMatchObject({ tool: { driver: { name: 'cairn' } } })
  expect(merged.runs[1]).toMatchObject({
    results: foreign.runs[0]?.results,
    properties: { theirs: 1, 'cairn/log': { inlineExternalProperties: [{ guid: 'x' }] } },
  })
})

test.each([
  ['{', 'is not JSON'],
  ['{}', 'is not a SARIF 2.1.0 log'],
  ['{"version":"1.0.0","runs":[]}', 'is not a SARIF 2.1.0 log'],
  ['{"version":"2.1.0","runs":[{}]}', 'names no tool'],
])('%s is refused with a reason', (text, reason) => {
  expect(() => readSarif(text, 'a.sarif')).toThrow(reason)
})
