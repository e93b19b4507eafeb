import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { auditFiles } from '../audit/audit.ts'
import { mergeSarif, readSarif } from './read-sarif.ts'
import { toSarif } from './to-sarif.ts'

const app = `const express = require('express')
const { exec } = require('child_process')
const app = express()
app.get('/a b', (req, res) => { exec('ls ' + req.query.dir); res.send('ok') })
// cairn-ignore * owner=ann until=2999-01-01: known
app.get('/c', (req, res) => { exec('ls ' + req.query.dir) })
`
const audited = async () => {
  const { findings } = await auditFiles([{ path: 'src/a b/ü.js', text: app }], { today: '2026-01-01' })
  return toSarif(findings, { version: '1.2.3', known: new Set([findings[0]?.fingerprint ?? '']) })
}

test('findings with flows, baseline and fingerprints become results that name their rules', async () => {
  const log = await audited()
  const [run] = log.runs
  expect(run).toMatchObject({
    results: [
      { ruleIndex: 0, baselineState: 'unchanged', codeFlows: [{}] },
      { suppressions: [{ kind: 'inSource' }] },
    ],
  })
})

test('whatever a foreign log holds is there after reading, merging and writing it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.jsonValue(), fc.string()), { maxLength: 4 }),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (results, extra) => {
        const runs = [
          {
            ...extra,
            tool: { driver: { name: 'semgrep', rules: [{ id: 'x', own: extra }] } },
            results: results.map(([value, text]) => ({ message: { text }, properties: { value } })),
          },
        ]
        // As JSON has it: -0 is 0 there.
        const foreign: unknown = JSON.parse(JSON.stringify({ version: '2.1.0', runs }))
        const read = readSarif(JSON.stringify(foreign), 'f')
        expect(JSON.parse(JSON.stringify(read))).toEqual(foreign)
        const own = readSarif('{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"cairn"}}}]}', 'o')
        const merged = mergeSarif(own, [read])
        expect({ version: '2.1.0', runs: merged.runs.slice(1) }).toEqual(foreign)
      },
    ),
    { numRuns: 200 },
  )
})
