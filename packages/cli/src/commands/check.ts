import { describeImpactedTests, findCheck, findImpactedTests } from '@cairn/agent'
import { runCommand } from '@cairn/checks'
import { createSandbox, escapeForDisplay } from '@cairn/guard'
import { dataDir as dataFolder } from '@cairn/journal'
import { prepareDataFolder } from '@cairn/server'
import { createTerminal } from '@cairn/terminal'
import { mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { count } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'

const DAY_MS = 86_400_000
/** How much of an output without readable failures is shown, in UTF-16 code units. */
const SHOWN = 4_000

/** `cairn check`: 0 where it is green, 1 where it is red. */
export async function run({ io, values }: Invocation): Promise<number> {
  const root = resolve(io.cwd(), stringOption(values, 'cwd') ?? '.')
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`There is no folder ${root}`, 'Give the folder of a project with --cwd.')
  const check = findCheck(root, stringOption(values, 'check'))
  if (check === null)
    throw new UsageError(`No check was found in ${root}`, 'Give its command: --check "npm test".')
  const since = stringOption(values, 'since')
  const impacted = values['impacted'] === true || since !== null
  const selection = impacted ? await findImpactedTests(check.command, root, since ?? 'HEAD') : null
  const json = values['json'] === true
  const note = (text: string) => void (json ? io.stderr : io.stdout).write(`${escapeForDisplay(text)}\n`)
  if (selection !== null) note(describeImpactedTests(check.command, selection))
  const command = selection === null || selection.whole !== null ? check.command : selection.command
  const told = selection === null ? {} : { tests: selection.tests, whole: selection.whole }
  if (values['list'] === true || command === null) {
    if (json) io.stdout.write(`${JSON.stringify({ check: check.command, command, ...told })}\n`)
    return EXIT.ok
  }
  const outcome = await runIn(root, command, io)
  if (json) {
    const { parsed, exit, ok, durationMs } = outcome
    const { passed, failed, failures } = parsed
    io.stdout.write(
      `${JSON.stringify({ check: check.command, command, ...told, ok, exit, passed, failed, failures, ms: Math.round(durationMs) })}\n`,
    )
  } else print(command, outcome, note)
  return outcome.ok ? EXIT.ok : EXIT.failed
}

type Outcome = Awaited<ReturnType<typeof runCommand>>

function print(
  command: string,
  { ok, exit, parsed, text, durationMs }: Outcome,
  note: (text: string) => void,
) {
  for (const { id, message, frames, test } of parsed.failures) {
    const at = frames[0] ?? test
    note(`✗ ${id}${at === null ? '' : `  ${at.file}:${at.line}`}\n  ${message.split('\n')[0] ?? ''}`)
  }
  if (!ok && parsed.failures.length === 0) note(text.slice(-SHOWN))
  const numbers =
    parsed.passed === null
      ? `exit ${exit ?? 'none'}`
      : `${parsed.passed} passed, ${count(parsed.failed ?? 0, 'failure')}`
  note(`${ok ? '✓ green' : '✗ red'}  ${command}: ${numbers}, ${(durationMs / 1_000).toFixed(1)} s`)
}

async function runIn(root: string, command: string, io: Invocation['io']): Promise<Outcome> {
  const dataDir = dataFolder(io.env, process.platform)
  prepareDataFolder(dataDir)
  const spoolDir = join(dataDir, 'spool')
  mkdirSync(spoolDir, { recursive: true, mode: 0o700 })
  const home = io.env['HOME'] ?? homedir()
  const sandbox = createSandbox({ workspace: root, home, env: io.env, dataDir })
  const terminal = createTerminal({ sandbox, blobs: null, env: io.env, now: Date.now, spoolDir })
  const ended = new AbortController()
  const end = () => ended.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) io.on(signal, end)
  try {
    return await runCommand({ command, cwd: root, terminal, root, timeoutMs: DAY_MS, signal: ended.signal })
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) io.off(signal, end)
    await terminal.close()
    await sandbox.close()
  }
}
