import {
  createPolicy,
  escapeForDisplay,
  loadPolicy,
  policyFiles,
  type Action,
  type Effect,
  type Policy,
  type Rule,
} from '@cairn/guard'
import { readFileSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'

type Report = { json: unknown; lines: string[]; code?: number }

const EFFECTS: readonly Effect[] = ['allow', 'ask', 'deny']

function about(rule: Rule): string {
  const parts = [rule.tool, rule.command, rule.path, rule.host].flatMap((list) =>
    list === undefined ? [] : [list.join(' | ')],
  )
  return parts.length === 0 ? 'everything' : parts.join('; ')
}

function show(policy: Policy): Report {
  const lines = [`policy ${policy.sha256.slice(0, 12)}, the strongest layer first`]
  for (const { name, file, rules, defaults } of policy.layers) {
    lines.push('', `${name}${file === null ? '' : ` (${file})`}: ${count(rules.length, 'rule')}`)
    for (const rule of rules) lines.push(`  ${rule.effect.padEnd(5)} ${rule.id}: ${about(rule)}`)
    for (const [effect, fallback] of Object.entries(defaults))
      lines.push(`  ${fallback.padEnd(5)} every other ${effect}`)
  }
  return { json: { sha256: policy.sha256, layers: policy.layers }, lines }
}

async function explain(policy: Policy, command: string | undefined, path: string | null): Promise<Report> {
  if (command === undefined && path === null)
    throw new UsageError(
      'cairn policy explain needs a command',
      'For example: cairn policy explain "git push --force"',
    )
  const action = actionOf(command, path)
  const found = await policy.explain(action)
  const { decision, analysis, layers } = found
  const lines = [`${decision.decision}: rule ${decision.rule}`, `  ${decision.reason}`]
  for (const { layer, finding } of layers)
    if (finding !== null && finding.rule !== decision.rule)
      lines.push(`  ${layer} alone would ${finding.effect} it (${finding.rule})`)
  if (analysis !== null) {
    lines.push('', `commands${analysis.complete ? '' : ' (perhaps not all)'}:`)
    for (const { argv, words } of analysis.commands)
      lines.push(`  ${argv.map((word, index) => word ?? words[index] ?? '').join(' ')}`)
    if (analysis.doubts.length > 0) lines.push('', 'why a rule that allows single commands may not apply:')
    for (const { doubt, detail } of analysis.doubts) lines.push(`  ${doubt}: ${detail}`)
  }
  return { json: { action, ...found }, lines }
}

const actionOf = (command: string | undefined, path: string | null): Action =>
  command === undefined
    ? { tool: 'edit', effect: 'write', paths: path === null ? [] : [path] }
    : { tool: 'exec', effect: 'exec', command }

interface Case {
  command?: string
  path?: string
  expect: Effect
  rule?: string
}

function readCases(file: string): Case[] {
  const wrong = (what: string) =>
    new UsageError(
      `${file}: ${what}`,
      'It is {"cases": [{"command": "npm test", "expect": "allow"}, …]}; see docs/policy.md.',
    )
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
  const cases: unknown =
    typeof parsed === 'object' && parsed !== null && 'cases' in parsed ? parsed.cases : null
  if (!Array.isArray(cases) || cases.length === 0) throw wrong('there are no cases')
  return cases.map((one: unknown, index) => {
    const each: Record<string, unknown> = typeof one === 'object' && one !== null ? { ...one } : {}
    const { command, path, expect, rule } = each
    const effect = EFFECTS.find((known) => known === expect)
    if (effect === undefined) throw wrong(`case ${index + 1}: "expect" is none of ${EFFECTS.join(', ')}`)
    if ((typeof command === 'string') === (typeof path === 'string'))
      throw wrong(`case ${index + 1} needs either a "command" or a "path"`)
    return {
      expect: effect,
      ...(typeof command === 'string' ? { command } : {}),
      ...(typeof path === 'string' ? { path } : {}),
      ...(typeof rule === 'string' ? { rule } : {}),
    }
  })
}

async function test(policy: Policy, file: string | undefined): Promise<Report> {
  if (file === undefined)
    throw new UsageError('cairn policy test needs a file', 'For example: cairn policy test policy-cases.json')
  const results: { name: string; expect: Effect; got: Effect; rule: string; ok: boolean }[] = []
  for (const { command, path, expect, rule: wanted } of readCases(file)) {
    const { decision, rule } = await policy.decide(actionOf(command, path ?? null))
    results.push({
      name: command ?? path ?? '',
      expect,
      got: decision,
      rule,
      ok: decision === expect && (wanted === undefined || wanted === rule),
    })
  }
  const wrong = results.filter(({ ok }) => !ok)
  return {
    json: results,
    code: wrong.length === 0 ? 0 : 1,
    lines: [
      ...wrong.map(({ name, expect, got, rule }) => `✗ ${name}: ${got} by ${rule}, expected ${expect}`),
      `${wrong.length === 0 ? '✓' : '✗'} ${results.length - wrong.length} of ${count(results.length, 'case')} as expected`,
    ],
  }
}

export async function run({ positionals, values, io }: Invocation): Promise<number> {
  const [verb = '', word] = positionals
  if (verb !== 'show' && verb !== 'explain' && verb !== 'test')
    throw new UsageError(
      `cairn policy has no ${JSON.stringify(verb)}`,
      'It has show, explain, test. See `cairn policy --help`.',
    )
  const workspace = realpathSync(resolve(io.cwd(), stringOption(values, 'cwd') ?? '.'))
  const layers = loadPolicy(policyFiles(io.env, io.env['HOME'] ?? homedir(), workspace))
  const policy = createPolicy(layers, { workspace, now: () => performance.now() })
  const report =
    verb === 'show'
      ? show(policy)
      : verb === 'explain'
        ? await explain(policy, word, stringOption(values, 'write') ?? null)
        : await test(policy, word === undefined ? undefined : resolve(io.cwd(), word))
  const text =
    values['json'] === true
      ? JSON.stringify(report.json, null, 2)
      : report.lines.map(escapeForDisplay).join('\n')
  io.stdout.write(`${text}\n`)
  return report.code ?? 0
}
