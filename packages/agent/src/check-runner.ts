import { captureText, createLab, parseOutput, runCheck, toJournalFailure } from '@cairn/checks'
import type { CheckResult } from '@cairn/journal'
import type { Terminal } from '@cairn/terminal'
import type { Workspace } from '@cairn/workspace'
import type { SessionCheck } from './completion-gate.ts'
import type { Tool, ToolOutcome } from './tool.ts'
import type { CheckWatch } from './tools/exec/exec.ts'
import { findImpactedTests } from './impact/impacted-tests.ts'
import { experimentTool } from './tools/experiment/experiment.ts'
import { impactedTestsTool } from './tools/impacted-tests/impacted-tests.ts'
import { localizeTool } from './tools/localize/localize.ts'

const normal = (command: string) => command.trim().replace(/\s+/g, ' ')

/** Reads a run of the check that the model made itself, so that it counts as evidence like one of the harness. */
function resultOf(
  command: string,
  tree: string,
  treeAfter: string,
  root: string,
  outcome: ToolOutcome,
  ms: number,
): CheckResult | null {
  if (outcome.exit === undefined || outcome.exit === null) return null
  const text = typeof outcome.output === 'string' ? outcome.output : captureText(outcome.output)
  const parsed = parseOutput(text, { roots: [root], exit: outcome.exit })
  const ok = outcome.exit === 0
  return {
    command,
    tree,
    treeAfter,
    exit: outcome.exit,
    ok,
    passed: parsed.passed,
    failed: ok ? parsed.failed : Math.max(parsed.failed ?? 0, parsed.failures.length),
    failures: parsed.failures.map(toJournalFailure),
    durationMs: ms,
  }
}

export interface CheckRunner {
  run(command: string, signal: AbortSignal): Promise<CheckResult>
  /** Runs the tests that the uncommitted changes can concern; null where only the whole check tells. */
  runImpacted(signal: AbortSignal): Promise<CheckResult | null>
  watch: CheckWatch | null
  tools: readonly Tool[]
  close(): void
}

/** Everything of a session that runs checks: the gate's own runs, and those that the model makes with `exec`. */
export function createCheckRunner(deps: {
  check: SessionCheck | null
  terminal: Terminal
  workspace: Workspace
  now: () => number
}): CheckRunner {
  const { check, terminal, workspace, now } = deps
  const watch: CheckWatch | null =
    check === null
      ? null
      : {
          matches: (command) => normal(command) === normal(check.command),
          async observe(run) {
            const tree = await workspace.treeHash()
            const started = now()
            const outcome = await run()
            const treeAfter = await workspace.treeHash()
            return {
              outcome,
              check: resultOf(check.command, tree, treeAfter, workspace.root, outcome, now() - started),
            }
          },
        }
  const lab = createLab({ terminal, workspace, now })
  const run: CheckRunner['run'] = (command, signal) =>
    runCheck({ command, cwd: workspace.root, terminal, workspace, signal })
  return {
    run,
    async runImpacted(signal) {
      if (check === null) return null
      const { command } = await findImpactedTests(check.command, workspace.root)
      return command === null ? null : run(command, signal)
    },
    watch,
    tools: [
      localizeTool(lab),
      experimentTool(lab),
      ...(check === null ? [] : [impactedTestsTool(check.command, workspace.root)]),
    ],
    close: () => lab.close(),
  }
}
