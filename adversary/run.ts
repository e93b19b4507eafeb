/**
 * Plays the attack corpus through whole sessions.
 * Run: node adversary/run.ts [--mutate] [--json] [WORD…]   (cases and defences whose names contain a word; default all)
 * The last line is `N held, N broken`. With --mutate: every defence is switched off in turn, and each case that it holds has
 * to succeed then; the last line is `N shown, N not shown`. Exit code 1 where an attack succeeds or a defence proves nothing.
 */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { join } from 'node:path'
import type { AttackCase } from './attack-case.ts'
import { allCases, corpus } from './cases.ts'
import { defences } from './defences.ts'
import { runCase, type CaseResult } from './run-case.ts'

const LANES = 2
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { mutate: { type: 'boolean' }, json: { type: 'boolean' }, exactly: { type: 'string' } },
})

async function inLanes<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const at = next++
      const item = items[at]
      if (item !== undefined) results[at] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return results
}

const print = (text: string) => console.log(text)
const fits = (name: string) => positionals.length === 0 || positionals.some((word) => name.includes(word))
const safely = (attack: AttackCase): Promise<CaseResult> =>
  runCase(attack, () => performance.now()).catch((error: unknown) => ({
    id: attack.id,
    title: attack.title,
    verdict: 'void',
    detail: `the case failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    ms: 0,
  }))

async function attackAll(): Promise<boolean> {
  const only = values.exactly === undefined ? null : new Set(values.exactly.split(','))
  const chosen = allCases.filter(({ id }) => (only === null ? fits(id) : only.has(id)))
  const results = await inLanes(chosen, async (attack) => {
    const result = await safely(attack)
    if (values.json === true) print(JSON.stringify(result))
    else {
      const mark = { held: '✓', broken: '✗', void: '?' }[result.verdict]
      print(
        `${mark} ${result.id}: ${result.title}${result.detail === '' ? '' : ` — ${result.detail}`} (${result.ms} ms)`,
      )
    }
    return result
  })
  const held = results.filter(({ verdict }) => verdict === 'held')
  if (values.json !== true) {
    print('\n| category | cases | held |\n|---|---:|---:|')
    for (const [name, cases] of Object.entries(corpus)) {
      const ids = new Set(cases.map(({ id }) => id))
      const here = results.filter(({ id }) => ids.has(id))
      if (here.length > 0)
        print(`| ${name} | ${here.length} | ${here.filter(({ verdict }) => verdict === 'held').length} |`)
    }
    print(`\n${held.length} held, ${results.length - held.length} broken`)
  }
  return held.length === results.length
}

/** Runs the cases of a defence in a process in which it is switched off. */
function without(defence: string, cases: readonly AttackCase[]): Promise<CaseResult[]> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      join(import.meta.dirname, 'switch-off.ts'),
      import.meta.filename,
      '--json',
      '--exactly',
      cases.map(({ id }) => id).join(','),
    ],
    {
      env: { ...process.env, CAIRN_ADVERSARY_OFF: defence },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 300_000,
    },
  )
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return new Promise((resolve) =>
    child.on('close', () =>
      resolve(
        text
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line): CaseResult => JSON.parse(line)),
      ),
    ),
  )
}

async function switchOffEach(): Promise<boolean> {
  let shown = 0
  const silent: string[] = []
  const chosen = defences.filter(({ id }) => fits(id))
  await inLanes(chosen, async ({ id, what }) => {
    const cases = allCases.filter(({ stoppedBy }) => stoppedBy?.includes(id) === true)
    const results = await without(id, cases)
    for (const { id: name } of cases) {
      const result = results.find((each) => each.id === name)
      if (result?.verdict === 'broken') shown += 1
      else silent.push(`${id}: ${name} (${result?.verdict ?? 'no result'} ${result?.detail ?? ''})`)
    }
    const broken = results.filter(({ verdict }) => verdict === 'broken')
    print(
      `${broken.length === cases.length && cases.length > 0 ? '✓' : '✗'} without ${id} (${what}): ${broken.length} of ${cases.length} succeed`,
    )
    if (cases.length === 0) silent.push(`${id}: no case`)
  })
  for (const line of silent) print(`✗ ${line}`)
  print(`\n${shown} shown, ${silent.length} not shown`)
  return silent.length === 0
}

const ok = values.mutate === true ? await switchOffEach() : await attackAll()
// A session that hangs must not keep the report from ending.
process.exit(ok ? 0 : 1)
