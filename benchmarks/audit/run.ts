/**
 * Measures `cairn audit` on pairs of a vulnerable and a fixed program, beside ESLint's security packs.
 * Run: node benchmarks/audit/run.ts [--all | --held-out | --set PREFIX] [--verbose]
 */
import { auditFiles } from '@cairn/review'
import { ESLint } from 'eslint'
import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { readPairs, type Pair } from './read-pairs.ts'

const verbose = process.argv.includes('--verbose')
const all = readPairs(import.meta.dirname)
const wanted = process.argv.indexOf('--set')
const chosen = wanted === -1 ? null : (process.argv[wanted + 1] ?? '')
const pairs =
  chosen !== null
    ? all.filter((pair) => pair.set.startsWith(chosen))
    : process.argv.includes('--held-out')
      ? all.filter((pair) => pair.set.startsWith('held-out'))
      : process.argv.includes('--all')
        ? all
        : all.filter((pair) => !pair.set.startsWith('held-out'))

/** Says of which weaknesses (CWE) an engine sees one in files; null where it cannot read the language. */
type Engine = (pair: Pair, files: Pair['bad']) => Promise<Set<number> | null>

/** Findings of cairn in fixed programs that are about something else than their pair: none of them was put there. */
const besides: string[] = []

const cairn: Engine = async (_pair, files) => {
  const { findings, unparsed } = await auditFiles(files, { today: '2026-01-01' })
  if (files === _pair.good)
    for (const { cwe, rule, place, snippet } of findings)
      if (!_pair.cwes.includes(cwe))
        besides.push(`BESIDES ${_pair.name} CWE-${cwe} ${rule} ${place.file}:${place.line} ${snippet}`)
  for (const path of unparsed) console.log(`cannot parse ${_pair.name} ${path}`)
  return new Set(findings.flatMap((finding) => [finding.cwe, ...(finding.related ?? [])]))
}

/** Rules of the packs by the weaknesses they speak about; a rule that is not listed counts for all of a pair's. */
const speaksOf: readonly [RegExp, readonly number[]][] = [
  [/sql/, [89]],
  [/child-process|os-command|no-os-command/, [78]],
  [/eval|code-eval|unsafe-unzip.*eval/, [94]],
  [/fs-filename|path/, [22]],
  [/unsafe-unzip/, [22]],
  [/regex|redos|slow/, [1333]],
  [/pseudo-?random|pseudoRandom/i, [330, 338]],
  [/hash/, [328, 327, 916]],
  [/encryption|cipher|cryptograph/, [327]],
  [/hardcoded|password|secret|credential/, [798]],
  [/certificate|ssl|tls|unverified/, [295]],
  [/jwt/, [347]],
  [/cookie/, [1004, 614]],
  [/cors/, [942]],
  [/timing/, [208]],
  [/xml|xxe/, [611]],
  [/object-injection/, [1321]],
  [/prototype/, [1321]],
  [/buffer|csrf|x-powered|mixed|clear-text|link/, []],
  [/dompurify|xss|disabled-auto-escaping|no-mime|^(?:pack\/)?(?:method|property)$/, [79]],
]

const isPlugin = (value: unknown): value is ESLint.Plugin & { rules: object } =>
  typeof value === 'object' &&
  value !== null &&
  'rules' in value &&
  typeof value.rules === 'object' &&
  value.rules !== null

/**
 * sonarjs brings a TypeScript with a compiler API along; what it shares with others would find the one of this project,
 * which has none.
 */
const compiler = createRequire(import.meta.resolve('eslint-plugin-sonarjs')).resolve('typescript')
registerHooks({
  resolve(specifier, context, next) {
    const shared = specifier === 'typescript' && context.parentURL?.includes('/node_modules/') === true
    if (!shared) return next(specifier, context)
    return { url: pathToFileURL(compiler).href, format: 'commonjs', shortCircuit: true }
  },
})

/** One of ESLint's packs with all its rules that speak of a weakness; null where it cannot be loaded. */
function eslint(pack: string): Engine | null {
  let plugin: unknown
  try {
    plugin = createRequire(import.meta.url)(pack)
  } catch (error) {
    console.log(`${pack} cannot be loaded: ${error instanceof Error ? error.message : String(error)}\n`)
    return null
  }
  if (!isPlugin(plugin)) return null
  const names = Object.keys(plugin.rules).filter((rule) => speaksOf.some(([pattern]) => pattern.test(rule)))
  const linter = new ESLint({
    overrideConfigFile: true,
    ignore: false,
    overrideConfig: [
      {
        files: ['**/*.{js,mjs,cjs,jsx}'],
        plugins: { pack: plugin },
        languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } },
        rules: Object.fromEntries(names.map((rule) => [`pack/${rule}`, 'error'])),
      },
    ],
  })
  return async (_pair, files) => {
    if (!files.every((file) => /\.[cm]?jsx?$/.test(file.path))) return null
    const found = new Set<number>()
    for (const file of files) {
      const [result] = await linter.lintText(file.text, { filePath: file.path })
      for (const message of result?.messages ?? [])
        for (const [pattern, cwes] of speaksOf)
          if (pattern.test(message.ruleId ?? '')) for (const cwe of cwes) found.add(cwe)
    }
    return found
  }
}

const engines: Record<string, Engine | null> = {
  cairn,
  'eslint-plugin-security': eslint('eslint-plugin-security'),
  'eslint-plugin-sonarjs': eslint('eslint-plugin-sonarjs'),
  'eslint-plugin-no-unsanitized': eslint('eslint-plugin-no-unsanitized'),
}

interface Score {
  tp: number
  fp: number
  fn: number
  read: number
}

const ratio = (a: number, b: number): string => (b === 0 ? '–' : (a / b).toFixed(3))
const line = (name: string, { tp, fp, fn, read }: Score, ms: number | null): string => {
  const f1 = ratio(2 * tp, 2 * tp + fp + fn)
  return `| ${name} | ${read} | ${tp} | ${fp} | ${fn} | ${ratio(tp, tp + fp)} | ${ratio(tp, tp + fn)} | ${f1} | ${ms === null ? '' : Math.round(ms)} |`
}

console.log(`${pairs.length} pairs, ${new Set(pairs.map((pair) => pair.cwes[0])).size} classes\n`)
console.log(
  '| engine | pairs read | found | false | missed | precision | recall | F1 | ms |\n|---|---|---|---|---|---|---|---|---|',
)
const classes = new Map<number, Score>()
for (const [name, engine] of Object.entries(engines)) {
  if (engine === null) continue
  const score: Score = { tp: 0, fp: 0, fn: 0, read: 0 }
  const start = performance.now()
  for (const pair of pairs) {
    const bad = await engine(pair, pair.bad)
    const good = await engine(pair, pair.good)
    // What an engine cannot read it does not find.
    if (bad !== null) score.read++
    const hit = pair.cwes.some((cwe) => bad?.has(cwe) === true)
    const wrong = pair.cwes.some((cwe) => good?.has(cwe) === true)
    score.tp += hit ? 1 : 0
    score.fn += hit ? 0 : 1
    score.fp += wrong ? 1 : 0
    if (name !== 'cairn') continue
    const cwe = pair.cwes[0] ?? 0
    const one = classes.get(cwe) ?? { tp: 0, fp: 0, fn: 0, read: 0 }
    classes.set(cwe, {
      tp: one.tp + (hit ? 1 : 0),
      fn: one.fn + (hit ? 0 : 1),
      fp: one.fp + (wrong ? 1 : 0),
      read: one.read + 1,
    })
    if (verbose && (!hit || wrong))
      console.log(
        `${hit ? '' : 'MISSED '}${wrong ? 'FALSE ' : ''}${pair.cwes.join()} ${pair.name} bad:${[...(bad ?? [])].join()} good:${[...(good ?? [])].join()}`,
      )
  }
  console.log(line(name, score, performance.now() - start))
}
console.log(
  '\n| CWE (cairn) | pairs | found | false | missed | precision | recall | F1 | |\n|---|---|---|---|---|---|---|---|---|',
)
for (const [cwe, score] of [...classes].toSorted(([a], [b]) => a - b))
  console.log(line(`CWE-${cwe}`, score, null))
console.log(`\n${besides.length} findings of cairn in fixed programs are about something else`)
if (verbose) for (const one of besides) console.log(one)
