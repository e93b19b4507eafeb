/** Time of one decision, in microseconds of processor time: node benchmarks/policy.ts */
import { builtinLayer } from '../packages/guard/src/policy/builtin-layer.ts'
import { createPolicy } from '../packages/guard/src/policy/create-policy.ts'
import { parsePolicy } from '../packages/guard/src/policy/parse-policy.ts'

const names = Array.from({ length: 200 }, (_, n) => ({
  id: `r${n}`,
  effect: n % 3 === 0 ? 'deny' : 'allow',
  command: [`program-${n} ... --flag`, `other-${n}`],
  reason: 'x',
}))
const listed = parsePolicy(
  JSON.stringify({ version: 1, defaults: { exec: 'ask' }, rules: names }),
  'user',
  'benchmark',
)
const lines: [string, string][] = [
  ['short', 'npm test'],
  ['usual', 'cd packages/a && npx vitest run src/a.test.ts 2>&1 | tail -40'],
  ['here-document', `cat > src/a.ts <<'EOF'\n${'export const value = 1\n'.repeat(100)}EOF`],
  ['8 KiB', `echo ${'word '.repeat(1_600)}`],
]

console.log(
  'line            built-in   200 rules, two parsers   (µs of processor time, median of 5 rounds of 200)',
)
for (const [name, command] of lines) {
  const medians: number[] = []
  for (const layers of [[builtinLayer], [listed, builtinLayer]]) {
    const policy = createPolicy(layers, { workspace: '/work', now: () => performance.now() })
    const decide = async (times: number) => {
      for (let n = 0; n < times; n++) await policy.decide({ tool: 'exec', effect: 'exec', command })
    }
    await decide(200)
    const means: number[] = []
    for (let round = 0; round < 5; round++) {
      // The clock of a thread is too coarse for one decision.
      const started = process.threadCpuUsage()
      await decide(200)
      const { user, system } = process.threadCpuUsage(started)
      means.push((user + system) / 200)
    }
    medians.push(Math.round(means.sort((a, b) => a - b)[2] ?? 0))
  }
  console.log(`${name.padEnd(15)} ${String(medians[0]).padStart(8)} ${String(medians[1]).padStart(24)}`)
}
