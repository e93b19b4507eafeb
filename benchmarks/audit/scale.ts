/** Time and memory of an audit of many lines: the corpus' programs, copied under new names until there are LINES. Run: node benchmarks/audit/scale.ts [LINES] */
import { auditFiles } from '@cairn/review'
import { readPairs } from './read-pairs.ts'

const wanted = Number(process.argv[2] ?? 100_000)
const pairs = readPairs(import.meta.dirname)
const padding = Array.from({ length: 30 }, (_, index) => index)
const files: { path: string; text: string }[] = []
let lines = 0
for (let copy = 0; lines < wanted; copy++)
  for (const pair of pairs)
    for (const file of pair.good) {
      const python = file.path.endsWith('.py')
      const name = (index: number) => `step${copy}_${index}`
      // Ordinary code around what is looked for: functions that call each other, branches, loops.
      const more = padding
        .map((index) =>
          python
            ? `def ${name(index)}(rows, limit):\n    total = 0\n    for row in rows:\n        if row.get('n', 0) > limit:\n            total += row['n'] * ${index}\n        else:\n            total -= 1\n    return ${index === 0 ? 'total' : `total + ${name(index - 1)}(rows, limit)`}\n`
            : `function ${name(index)}(rows, limit) {\n  let total = 0\n  for (const row of rows) {\n    if (row.n > limit) total += row.n * ${index}\n    else total -= 1\n  }\n  return ${index === 0 ? 'total' : `total + ${name(index - 1)}(rows, limit)`}\n}\n`,
        )
        .join('\n')
      if (!/\.(?:py|[cm]?[jt]sx?)$/.test(file.path)) continue
      const text = `${file.text}\n${more}`
      files.push({ path: `p${copy}/${pair.name}/${file.path}`, text })
      lines += text.split('\n').length
    }
const start = performance.now()
const cpu = process.cpuUsage()
const { findings } = await auditFiles(files, { today: '2026-01-01' })
const used = process.cpuUsage(cpu)
console.log(
  `${lines} lines in ${files.length} files: ${((performance.now() - start) / 1000).toFixed(1)} s, CPU ${((used.user + used.system) / 1e6).toFixed(1)} s, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB, ${findings.length} findings`,
)
