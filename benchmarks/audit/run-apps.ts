/**
 * Measures `cairn audit` on whole applications with planted weaknesses. A plant is found where a finding of one of its weaknesses stands
 * at most three lines beside it or its flow passes there; every finding in the application without the weaknesses is false.
 * Run: node benchmarks/audit/run-apps.ts [--set PREFIX] [--verbose]
 */
import { auditFiles, type Finding } from '@cairn/review'
import { readApps, type Plant } from './read-apps.ts'

const near = 3
const verbose = process.argv.includes('--verbose')
const wanted = process.argv.indexOf('--set')
const prefix = wanted === -1 ? '' : (process.argv[wanted + 1] ?? '')

const stands = (plant: Plant, place: { file: string; line: number }): boolean =>
  place.file === plant.file && place.line >= plant.from - near && place.line <= plant.to + near

const shows = (plant: Plant, finding: Finding): boolean =>
  [finding.cwe, ...(finding.related ?? [])].some((cwe) => plant.cwes.includes(cwe)) &&
  [finding.place, ...finding.flow].some((place) => stands(plant, place))

const show = (finding: Finding): string =>
  `CWE-${finding.cwe} ${finding.rule} ${finding.place.file}:${finding.place.line} ${finding.snippet}`

console.log('| application | planted | found | false | missed | ms |\n|---|---|---|---|---|---|')
const sum = { planted: 0, found: 0, wrong: 0 }
for (const app of readApps(import.meta.dirname).filter((one) => one.set.startsWith(prefix))) {
  const start = performance.now()
  const bad = await auditFiles(app.bad, { today: '2026-01-01' })
  const good = await auditFiles(app.good, { today: '2026-01-01' })
  for (const path of [...bad.unparsed, ...good.unparsed]) console.log(`cannot parse ${app.name} ${path}`)
  const missed = app.plants.filter((plant) => !bad.findings.some((finding) => shows(plant, finding)))
  const found = app.plants.length - missed.length
  console.log(
    `| ${app.name} | ${app.plants.length} | ${found} | ${good.findings.length} | ${missed.length} | ${Math.round(performance.now() - start)} |`,
  )
  if (verbose) {
    for (const plant of missed) console.log(`MISSED ${plant.cwes.join()} ${plant.file}:${plant.from}`)
    for (const finding of good.findings) console.log(`FALSE ${show(finding)}`)
  }
  sum.planted += app.plants.length
  sum.found += found
  sum.wrong += good.findings.length
}
console.log(
  `\nprecision ${(sum.found / (sum.found + sum.wrong)).toFixed(3)}, recall ${(sum.found / sum.planted).toFixed(3)}`,
)
