import { createSandbox } from '@cairn/guard'
import type { CampaignCheck } from '@cairn/journal'
import { createTerminal, type ExecOutcome } from '@cairn/terminal'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

export interface ShellOptions {
  /** The only folder that commands may write to. */
  workspace: string
  /** Host folders that they may read although they lie in a hidden one: linked dependencies. */
  readable: readonly string[]
  home: string
  env: NodeJS.ProcessEnv
  dataDir: string
  now: () => number
}

/** Runs lines in the sandbox of one worktree, each to its end. `killed`: it, or its sandbox, by somebody else. */
export interface Shell {
  run(
    command: string,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<CampaignCheck & { whole: string; killed: boolean }>
  close(): Promise<void>
}

/** How often a check is run whose end says nothing about what it checks. */
const MAX_RUNS = 3

/** How much of an output is kept as evidence, in UTF-16 code units. */
const KEPT = 4_000
/** What a shell reports of a process that SIGKILL has ended. */
const SIGKILL_EXIT = 137
/** Whether an end says nothing about the command: it was killed, or its sandbox was before the command began. */
const endedFromOutside = (exit: number | null, output: string): boolean =>
  exit === null || exit === SIGKILL_EXIT || (exit === 1 && output.startsWith('bwrap: '))
const DAY_MS = 86_400_000

function wholeOutput({ output }: ExecOutcome): string {
  return output.complete ? output.head : `${output.head}\n…\n${output.tail}`
}

/** Opens a shell. Throws `GuardError` `no-sandbox` at the first command where this machine has none. */
export function openShell(options: ShellOptions): Shell {
  const { workspace, home, env, dataDir, now } = options
  const spoolDir = join(dataDir, 'spool')
  mkdirSync(spoolDir, { recursive: true, mode: 0o700 })
  const sandbox = createSandbox({ workspace, home, env, dataDir, extraReadable: options.readable })
  const terminal = createTerminal({ sandbox, blobs: null, env, now, spoolDir })
  return {
    async run(command, { timeoutMs, signal }) {
      const outcome = await terminal.exec({
        command,
        cwd: workspace,
        timeoutMs,
        yieldMs: DAY_MS,
        ...(signal === undefined ? {} : { signal }),
      })
      const whole = wholeOutput(outcome)
      const killed = outcome.cause === 'exit' && endedFromOutside(outcome.exit, whole)
      const end = outcome.cause === 'timeout' ? `\n[stopped after ${Math.round(timeoutMs / 1_000)} s]` : ''
      return {
        command,
        exit: outcome.exit,
        ok: outcome.exit === 0 && outcome.cause === 'exit',
        ms: Math.round(outcome.ms),
        output: whole.slice(-KEPT) + end,
        whole,
        killed,
      }
    },
    async close() {
      await terminal.close()
      await sandbox.close()
    },
  }
}

/**
 * Runs lines in turn up to the first that fails. One that was killed from outside (a machine without memory does that) is
 * run again: only where it is killed each time it counts as failed.
 */
export async function runChecks(
  shell: Shell,
  commands: readonly string[],
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<CampaignCheck[]> {
  const results: CampaignCheck[] = []
  for (const command of commands) {
    let run = await shell.run(command, options)
    for (let runs = 1; run.killed && runs < MAX_RUNS && options.signal?.aborted !== true; runs++)
      run = await shell.run(command, options)
    const { whole: _whole, killed: _killed, ...result } = run
    results.push(result)
    if (!result.ok) break
  }
  return results
}

export const allGreen = (checks: readonly CampaignCheck[]): boolean => checks.every((check) => check.ok)
