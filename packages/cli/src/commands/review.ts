import {
  applyResolutions,
  readChange,
  reviewRead,
  reviewSarif,
  type ChangeRequest,
  type Resolution,
  type ReviewResult,
} from '@cairn/review'
import { escapeForDisplay } from '@cairn/guard'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'
import { VERSION } from '../version.ts'
import { loadResolutions, settle } from './review-resolve.ts'
import { describeReviewer, reviewWithModel, wantsModel, withReviewer } from './review-model.ts'

const LEVELS = ['low', 'medium', 'high', 'critical']

function requestOf({ io, values, positionals }: Invocation): ChangeRequest {
  const range = positionals[0]
  const patch = stringOption(values, 'patch')
  const staged = values['staged'] === true
  if (Number(range !== undefined) + Number(patch !== null) + Number(staged) > 1)
    throw new UsageError('There is more than one change to review', 'Give a range, --staged or --patch FILE.')
  if (range !== undefined) return { of: 'range', range }
  if (staged) return { of: 'staged' }
  if (patch === null) return { of: 'working-tree' }
  try {
    return { of: 'patch', patch: readFileSync(resolve(io.cwd(), patch)) }
  } catch {
    throw new UsageError(`The patch ${patch} cannot be read`, 'Write one with `git diff > FILE`.')
  }
}

/** What was looked at: said even where nothing was found. */
function lookedAt({ change, looked, findings, withheld, suppressed }: ReviewResult): string {
  const rest = [
    withheld > 0 ? `${withheld} more of the same kinds not shown` : '',
    suppressed > 0 ? `${suppressed} suppressed` : '',
    looked.unread.length > 0
      ? `not read as text or not parsed: ${looked.unread.slice(0, 5).join(', ')}${looked.unread.length > 5 ? ` and ${looked.unread.length - 5} more` : ''}`
      : '',
  ].filter(Boolean)
  return `${count(findings.length, 'finding')} in ${count(looked.files, 'changed file')} (${change}; ${count(looked.audited, 'file')} audited for flows)${rest.map((one) => `; ${one}`).join('')}`
}

const settledLines = (resolved: readonly Resolution[]): string[] =>
  resolved.map(({ fingerprint, rule, file, by, reason, on }) =>
    escapeForDisplay(
      `resolved: ${rule} in ${file} (${fingerprint.slice(0, 12)}) by ${by} on ${on}: ${reason}`,
    ),
  )

function asText(
  result: ReviewResult,
  patches: ReadonlyMap<string, string>,
  resolved: readonly Resolution[],
): string {
  const blocks = result.findings.map((one) =>
    [
      `${one.place.file}:${one.place.line}  ${one.severity}  ${one.rule}  (${one.confidence} confidence, ${one.fingerprint.slice(0, 12)})`,
      `  ${escapeForDisplay(one.message)}`,
      ...one.evidence.filter((line) => line !== '').map((line) => `    ${line}`),
      `  → ${one.fix}`,
      ...(patches.get(one.fingerprint)?.trimEnd().split('\n') ?? []).map(
        (line) => `    ${escapeForDisplay(line)}`,
      ),
      '',
      '',
    ].join('\n'),
  )
  return `${blocks.join('')}${settledLines(resolved)
    .map((line) => `${line}\n`)
    .join('')}${lookedAt(result)}\n`
}

const quoted = (text: string) => {
  const fence = '`'.repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1)
  return `${fence} ${text} ${fence}`
}

function asMarkdown(result: ReviewResult, resolved: readonly Resolution[]): string {
  const blocks = result.findings.map((one) =>
    [
      `- **${one.severity}** ${quoted(`${one.place.file}:${one.place.line}`)} ${one.title} (${one.rule}, ${one.confidence} confidence, ${one.fingerprint.slice(0, 12)})`,
      `  ${quoted(one.message)}`,
      ...one.evidence.filter((line) => line !== '').map((line) => `  - ${quoted(line)}`),
      `  - Do: ${one.fix}`,
    ].join('\n'),
  )
  const settled = settledLines(resolved).map((line) => `- ${quoted(line)}`)
  const list = [...blocks, ...settled]
  return `## Review\n\n${list.length === 0 ? '' : `${list.join('\n')}\n\n`}${quoted(lookedAt(result))}\n`
}

/** `cairn review`: 0 without findings at or above the threshold, 1 with. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, values } = invocation
  const format = values['json'] === true ? 'json' : (stringOption(values, 'format') ?? 'text')
  if (!['text', 'markdown', 'json', 'sarif'].includes(format))
    throw new UsageError(`--format has no ${JSON.stringify(format)}`, 'Use text, markdown, json or sarif.')
  const failOn = stringOption(values, 'fail-on') ?? 'high'
  if (!['low', 'medium', 'high', 'never'].includes(failOn))
    throw new UsageError(`--fail-on has no ${JSON.stringify(failOn)}`, 'Use low, medium, high or never.')
  const model = wantsModel(invocation)
  const change = await readChange(io.cwd(), requestOf(invocation), { patch: model })
  const plain = await reviewRead(change, new Date().toISOString().slice(0, 10))
  const reviewer = model ? await reviewWithModel(invocation, change, plain.findings) : null
  const whole = reviewer === null ? plain : withReviewer(plain, reviewer)
  const known = await loadResolutions(io.cwd(), change)
  if (stringOption(values, 'resolve') !== null || stringOption(values, 'reopen') !== null)
    return settle(invocation, known, whole.findings)
  const { open, resolved } = applyResolutions(whole.findings, known.resolutions)
  const result = { ...whole, findings: open }
  const patches = new Map(
    reviewer?.findings.flatMap(({ fingerprint, patch }) => (patch === null ? [] : [[fingerprint, patch]])) ??
      [],
  )
  if (reviewer !== null) io.stderr.write(`${escapeForDisplay(describeReviewer(reviewer))}\n`)
  const write = {
    text: () => asText(result, patches, resolved),
    markdown: () => asMarkdown(result, resolved),
    json: () =>
      `${JSON.stringify(reviewer === null ? { ...result, resolved } : { ...result, resolved, reviewer })}\n`,
    sarif: () => `${JSON.stringify(reviewSarif(result.findings, VERSION), null, 1)}\n`,
  }
  io.stdout.write((write[format as keyof typeof write] ?? write.text)())
  const failing =
    failOn !== 'never' &&
    result.findings.some((one) => LEVELS.indexOf(one.severity) >= LEVELS.indexOf(failOn))
  return failing ? 1 : 0
}
