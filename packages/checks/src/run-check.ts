import type { CheckResult } from '@cairn/journal'
import type { Capture, Terminal } from '@cairn/terminal'
import type { Workspace } from '@cairn/workspace'
import { parseOutput } from './parse/parse-output.ts'
import type { ParsedFailure, ParsedOutput } from './parse/parsed-output.ts'

/** A run with everything its parser found; the journal keeps the part of it that is a `CheckResult`. */
export interface CommandRun {
  exit: number | null
  ok: boolean
  timedOut: boolean
  parsed: ParsedOutput
  /** What was printed, as far as the terminal kept it. */
  text: string
  durationMs: number
}

export interface RunOptions {
  command: string
  /** Absolute, inside the workspace. */
  cwd: string
  terminal: Terminal
  root: string
  timeoutMs: number
  /** Host folder shown in place of the workspace. */
  overlay?: string
  env?: Record<string, string>
  signal?: AbortSignal
}

/** Head, error windows and tail of a capture as one text. */
export function captureText(capture: Capture): string {
  if (capture.complete) return capture.head
  const middle = capture.windows.map((window) => window.text)
  return [capture.head, ...middle, capture.tail].join('\n')
}

/** Runs a command to its end and parses what it printed. Colours are off; tools that watch files see `CI`. */
export async function runCommand(options: RunOptions): Promise<CommandRun> {
  const { command, cwd, terminal, root, timeoutMs, overlay, env, signal } = options
  const outcome = await terminal.exec({
    command,
    cwd,
    env: { CI: '1', NO_COLOR: '1', ...env },
    timeoutMs,
    yieldMs: timeoutMs + 5_000,
    ...(overlay === undefined ? {} : { overlay }),
    ...(signal === undefined ? {} : { signal }),
  })
  if (outcome.running) await terminal.kill(outcome.id)
  const ended = outcome.cause === 'exit'
  const exit = ended ? outcome.exit : null
  const text = captureText(outcome.output)
  const parsed = parseOutput(text, { roots: overlay === undefined ? [root] : [root, overlay], exit })
  return { exit, ok: exit === 0, timedOut: outcome.cause === 'timeout', parsed, text, durationMs: outcome.ms }
}

/** A failure as the journal keeps it: placed at the innermost frame in the workspace, else at its declaration. */
export function toJournalFailure(failure: ParsedFailure): CheckResult['failures'][number] {
  const place = failure.frames[0] ?? failure.test
  return {
    id: failure.id,
    message: failure.message,
    ...(place === null ? {} : { file: place.file, line: place.line }),
  }
}

/**
 * Runs a check and binds its parsed result to the tree before and after the run. Never throws for a failing check; a run
 * that exceeds `timeoutMs` (default 600,000) is a failure with exit null.
 */
export async function runCheck(options: {
  command: string
  cwd: string
  terminal: Terminal
  workspace: Workspace
  timeoutMs?: number
  overlay?: string
  signal?: AbortSignal
}): Promise<CheckResult> {
  const { command, workspace, timeoutMs = 600_000 } = options
  const tree = await workspace.treeHash()
  const run = await runCommand({ ...options, root: workspace.root, timeoutMs })
  const treeAfter = options.overlay === undefined ? await workspace.treeHash() : tree
  return {
    command,
    tree,
    treeAfter,
    exit: run.exit,
    ok: run.ok,
    passed: run.parsed.passed,
    failed: run.ok
      ? (run.parsed.failed ?? null)
      : Math.max(run.parsed.failed ?? 0, run.parsed.failures.length),
    failures: run.parsed.failures.map(toJournalFailure),
    durationMs: run.durationMs,
  }
}
