import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
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

/** Path of the official schema, which is not shipped here: docs/audit.md says where it is to be had. */
const schemaFile = process.env['CAIRN_SARIF_SCHEMA']

test('findings with flows, baseline and fingerprints become results that name their rules', async () => {
  const log = await audited()
  const [run] = log.runs
  expect(run).toMatchObject({
    results: [
      { ruleIndex: 0, baselineState: 'unchanged', codeFlows: [{}] },
      { suppressions: [{ kind: 'inSource' }] },
    ],
  })
  if (schemaFile === undefined) return
  const schema: unknown = JSON.parse(readFileSync(schemaFile, 'utf8'))
  if (typeof schema !== 'object' || schema === null) throw new Error(`${schemaFile} is no schema`)
  const ajv = new Ajv.default({ strict: false, allErrors: true })
  addFormats.default(ajv)
  // Draft 4, whose words for itself are not those of later drafts.
  const { $schema: _draft, id: _id, ...rest } = { $schema: '', id: '', ...schema }
  const validate = ajv.compile(rest)
  validate(log)
  expect(validate.errors).toBeNull()
  expect(validate({ ...log, runs: [{ tool: {} }] })).toBe(false)
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
