import { parseArgs } from 'node:util'
import { evaluate } from './evaluate.ts'
import { forcedOptions } from './grid.ts'
import { standardSession } from './measure.ts'
import { CAIRN } from './policies/cairn.ts'
import { RIVALS } from './policies/rivals.ts'

/** Names every statement that one run lost, so that a number of the table can be looked into. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    budget: { type: 'string', default: '0.1' },
    forced: { type: 'string', default: '4' },
    summariser: { type: 'string', default: 'S1' },
    policy: { type: 'string', default: 'cairn' },
  },
})
const spec = [CAIRN, ...RIVALS].find((known) => known.name === values.policy) ?? CAIRN
const run = evaluate(
  standardSession(Number(values.seed)),
  spec,
  values.summariser,
  forcedOptions(Number(values.budget), Number(values.forced)),
  true,
)
const lines = run.plants
  .filter((score) => !score.present)
  .map(
    ({ plant, reach }) =>
      `${plant.type.padEnd(12)} ${plant.channel.padEnd(13)} reach ${reach.toFixed(2)}  ${plant.text.slice(0, 120)}`,
  )
  .sort()
process.stdout.write(
  `${lines.join('\n')}\n\n${lines.length} of ${run.plants.length} not in the request of ${run.tokens} tokens (demand ${run.target}).\n`,
)
process.stdout.write(
  `${JSON.stringify({ safety: run.safety, supersession: run.supersession, staleness: run.staleness, violations: run.violations, example: run.example })}\n`,
)
