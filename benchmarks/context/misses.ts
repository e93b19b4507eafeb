import { parseArgs } from 'node:util'
import { evaluate } from './evaluate.ts'
import { forcedOptions } from './grid.ts'
import { splicedSessions, standardSession } from './measure.ts'
import { CAIRN } from './policies/cairn.ts'
import { RIVALS } from './policies/rivals.ts'
import { loadRecordings } from './trace/recorded.ts'
import type { Trace } from './trace/trace.ts'

/** Names every statement that one run lost, so that a number of the table can be looked into. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    budget: { type: 'string', default: '0.1' },
    forced: { type: 'string', default: '4' },
    summariser: { type: 'string', default: 'S1' },
    policy: { type: 'string', default: 'cairn' },
    traces: { type: 'string' },
  },
})
const spec = [CAIRN, ...RIVALS].find((known) => known.name === values.policy) ?? CAIRN

function look(trace: Trace): void {
  const options = forcedOptions(Number(values.budget), Number(values.forced))
  const run = evaluate(trace, spec, values.summariser, options, true)
  const lines = run.plants
    .filter((score) => !score.present)
    .map(
      ({ plant, reach }) =>
        `${plant.type.padEnd(12)} ${plant.channel.padEnd(13)} reach ${reach.toFixed(2)}  ${plant.text.slice(0, 120)}`,
    )
    .sort()
  process.stdout.write(
    `${trace.name}\n${lines.join('\n')}\n\n${lines.length} of ${run.plants.length} not in the request of ${run.tokens} tokens (demand ${run.target}).\n`,
  )
  process.stdout.write(
    `${JSON.stringify({ safety: run.safety, supersession: run.supersession, staleness: run.staleness, violations: run.violations, example: run.example })}\n`,
  )
}

// With --traces: plants in every recording that the big table uses, else in a generated session.
if (values.traces === undefined) look(standardSession(Number(values.seed)))
else for (const trace of splicedSessions(loadRecordings(values.traces))) look(trace)
