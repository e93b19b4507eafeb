import {
  auditProgram,
  findSourceFiles,
  mergeSarif,
  readSarif,
  toSarif,
  type AuditResult,
  type Finding,
} from '@cairn/review'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { findKnownDefects } from '../known-defects.ts'
import { UsageError } from '../usage-error.ts'
import { VERSION } from '../version.ts'

const order = ['low', 'medium', 'high', 'critical'] as const

function threshold(word: string | null): number {
  if (word === null || word === 'none') return word === null ? order.indexOf('high') : order.length
  const index = order.findIndex((one) => one === word)
  if (index === -1)
    throw new UsageError(`--fail-on has no ${JSON.stringify(word)}`, `Use one of: ${order.join(', ')}, none.`)
  return index
}

/** Fingerprints that a baseline accepts: an earlier `--format json` or a SARIF log. */
function readBaseline(path: string): Set<string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new UsageError(
      `The baseline ${path} cannot be read`,
      'Write one with `cairn audit --write-baseline FILE`.',
    )
  }
  const known = new Set<string>()
  for (const [, fingerprint = ''] of text.matchAll(/"(?:fingerprint|cairn\/v1)"\s*:\s*"([0-9a-f]{32})"/g))
    known.add(fingerprint)
  return known
}

function print(result: AuditResult, shown: readonly Finding[], out: (text: string) => void): void {
  for (const finding of shown) {
    const { place } = finding
    out(
      `${place.file}:${place.line}:${place.column}  ${finding.severity}  ${finding.rule} (CWE-${finding.cwe})\n`,
    )
    out(`  ${finding.message}\n`)
    for (const step of finding.flow) out(`    ${step.file}:${step.line}  ${step.what}\n`)
    out(`  → ${finding.fix}\n\n`)
  }
  const suppressed = result.findings.filter((one) => one.suppressed !== undefined).length
  out(
    `${count(shown.length, 'finding')} in ${count(result.files, 'file')}${suppressed > 0 ? `, ${suppressed} suppressed` : ''}\n`,
  )
  for (const path of result.unparsed) out(`not analysed: ${path} (not parsed, too large, or built)\n`)
  for (const path of result.shortened) out(`not analysed in full: ${path} (its functions take too long)\n`)
}

/** `cairn audit`: 0 without findings at or above the threshold, 1 with. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const path = resolve(io.cwd(), positionals[0] ?? '.')
  if (!existsSync(path)) throw new UsageError(`There is no ${path}`, 'Give a folder or a file.')
  const format = stringOption(values, 'format') ?? 'text'
  if (!['text', 'json', 'sarif'].includes(format))
    throw new UsageError(`--format has no ${JSON.stringify(format)}`, 'Use text, json or sarif.')
  const failOn = threshold(stringOption(values, 'fail-on'))
  const baseline = stringOption(values, 'baseline')
  const known = baseline === null ? null : readBaseline(resolve(io.cwd(), baseline))
  const single = statSync(path).isFile()
  const { files, unread } = single
    ? { files: [{ path: basename(path), text: readFileSync(path, 'utf8') }], unread: [] }
    : findSourceFiles(path)
  const today = new Date().toISOString().slice(0, 10)
  const { program, ...result } = await auditProgram(files, {
    today,
    tests: values['tests'] === true || single,
  })
  if (!single)
    result.findings.push(
      ...(await findKnownDefects(path, program, stringOption(values, 'advisories'), io)).map(
        (one) => one.finding,
      ),
    )
  result.unparsed.push(...unread)
  const active = result.findings.filter((finding) => finding.suppressed === undefined)
  const fresh = active.filter((finding) => known === null || !known.has(finding.fingerprint))
  const writeTo = stringOption(values, 'write-baseline')
  if (writeTo !== null) {
    const list = active.map(({ fingerprint, rule, place }) => ({ fingerprint, rule, file: place.file }))
    writeFileSync(resolve(io.cwd(), writeTo), `${JSON.stringify({ version: 1, findings: list }, null, 1)}\n`)
    io.stderr.write(`wrote ${count(list.length, 'finding')} to ${writeTo}\n`)
    return 0
  }
  const out = (text: string) => void io.stdout.write(text)
  if (format === 'json')
    out(`${JSON.stringify({ root: single ? dirname(path) : path, ...result, findings: result.findings })}\n`)
  else if (format === 'sarif') {
    const notAnalysed = [...result.unparsed, ...result.shortened]
    const own = toSarif(result.findings, {
      version: VERSION,
      notAnalysed,
      ...(known === null ? {} : { known }),
    })
    const imported = (stringOption(values, 'import') ?? '').split(',').filter(Boolean)
    const others = imported.map((file) => readSarif(readFileSync(resolve(io.cwd(), file), 'utf8'), file))
    out(`${JSON.stringify(mergeSarif(own, others), null, 1)}\n`)
  } else print(result, fresh, out)
  return fresh.some((finding) => order.indexOf(finding.severity) >= failOn) ? 1 : 0
}
