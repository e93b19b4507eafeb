/**
 * Holds what `cairn audit` and `cairn review` write against the official schema of SARIF 2.1.0, which is not shipped here.
 * Run: npm run check:sarif -- SCHEMA. Exit code 1 where a log does not fit, 2 without a schema.
 */
import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import { auditFiles, reviewSarif, toSarif } from '../packages/review/src/index.ts'

const app = `const app = require('express')()
const { exec } = require('child_process')
app.get('/a b', (req, res) => { exec('ls ' + req.query.dir) })
// cairn-ignore * owner=ann until=2999-01-01: known
app.get('/c', (req, res) => { exec('ls ' + req.query.dir) })
`
const [file] = process.argv.slice(2)
if (file === undefined) {
  console.error(
    'Name the schema: npm run check:sarif -- sarif-schema-2.1.0.json (docs/audit.md says where it is to be had)',
  )
  process.exit(2)
}
const schema: unknown = JSON.parse(readFileSync(file, 'utf8'))
if (typeof schema !== 'object' || schema === null) throw new Error(`${file} is no schema`)
const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false })
addFormats.default(ajv)
// Draft 4, whose words for itself are not those of later drafts.
const { $schema: _draft, id: _id, ...rest } = { $schema: '', id: '', ...schema }
const validate = ajv.compile(rest)
const { findings } = await auditFiles([{ path: 'src/a b/ü.js', text: app }], { today: '2026-01-01' })
const logs = {
  audit: toSarif(findings, { version: '1.2.3', known: new Set([findings[0]?.fingerprint ?? '']) }),
  review: reviewSarif(
    findings.map((one) => ({ ...one, evidence: [] })),
    '1.2.3',
  ),
}
for (const [name, log] of Object.entries(logs)) {
  const fits = validate(log)
  console.log(`${name}: ${fits ? 'fits' : JSON.stringify(validate.errors)}`)
  if (!fits) process.exitCode = 1
}
if (validate({ version: '2.1.0', runs: [{ tool: {} }] })) {
  console.error(`${file} accepts what is no SARIF`)
  process.exitCode = 1
}
