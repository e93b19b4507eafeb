import { existsSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { FULL, QUICK } from './grid.ts'
import { measure } from './measure.ts'
import { CAIRN } from './policies/cairn.ts'
import { RIVALS } from './policies/rivals.ts'
import { markdownReport } from './report/markdown.ts'
import { allTables } from './report/all-tables.ts'
import { plainTable } from './report/table.ts'
import { loadRecordings } from './trace/recorded.ts'

const { values } = parseArgs({
  options: {
    traces: { type: 'string' },
    seeds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    markdown: { type: 'string' },
    policy: { type: 'string', multiple: true },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  process.stdout.write(
    'node benchmarks/context/run.ts [--traces DIR] [--seeds N] [--quick] [--policy NAME]... [--json FILE] [--markdown FILE]\n',
  )
} else {
  const grid = { ...(values.quick ? QUICK : FULL) }
  if (values.seeds !== undefined) grid.seeds = Math.max(1, Number.parseInt(values.seeds, 10) || 1)
  const folder = values.traces ?? process.env['CAIRN_TRACES']
  const known = folder !== undefined && existsSync(folder)
  if (!known)
    process.stdout.write(
      'No recordings: give --traces DIR or CAIRN_TRACES. Only generated sessions are played, and the schedule table is left out.\n\n',
    )
  const policies = [CAIRN, ...RIVALS].filter(
    (spec) => values.policy === undefined || values.policy.includes(spec.name),
  )
  const terminal = process.stderr.isTTY
  const results = measure(grid, policies, known ? loadRecordings(folder) : [], (text) => {
    if (terminal) process.stderr.write(`\r${text.padEnd(70).slice(0, 70)}`)
  })
  if (terminal) process.stderr.write(`\r${''.padEnd(70)}\r`)
  const tables = allTables(results)
  process.stdout.write(`${tables.map(plainTable).join('\n')}\n`)
  if (values.markdown !== undefined)
    writeFileSync(values.markdown, markdownReport(tables, { quick: values.quick, seeds: grid.seeds }))
  if (values.json !== undefined) {
    const { traces, ...rest } = results
    writeFileSync(values.json, JSON.stringify({ sessions: [...traces.keys()], ...rest }))
  }
}
