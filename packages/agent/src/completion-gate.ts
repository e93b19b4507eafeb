import type { CheckResult } from '@cairn/journal'
import type { Workspace } from '@cairn/workspace'
import { judge } from './gate.ts'
import { judgeEvidence } from './judge-evidence.ts'
import type { Recorder } from './recorder.ts'
import type { SessionState } from './session-state.ts'
import type { FinishClaim } from './tool.ts'

/** Where the check of a session came from: one that was only found binds the model only once it claims or changes something. */
export interface SessionCheck {
  command: string
  origin: 'given' | 'discovered'
}

/** `not-asked`: there is nothing to prove. */
export type GateDecision =
  | { kind: 'accepted'; evidence: number[] }
  | { kind: 'refused'; reasons: string[] }
  | { kind: 'not-asked' }

/** Decides whether the work counts as finished; it may run the check to find evidence. */
export interface CompletionGate {
  /** The tree as it is, where the gate will have to know later whether commands changed it; else null. */
  treeBefore(): Promise<string | null>
  /** Null: the model stopped without calling `finish`. */
  decide(claim: FinishClaim | null, signal: AbortSignal): Promise<GateDecision>
}

/** Runs of a check that contradicts itself, before it is given up. */
const MOST_REPEATS = 3
/** Green runs in a row that count where one alone does not. */
const ENOUGH = 3

/** How long (milliseconds) a check has to take before the tests that a change concerns are run ahead of it. */
const SLOW_MS = 20_000

const isFlaky = (results: readonly boolean[]) => results.includes(true) && results.includes(false)

/** Whether one more run would change nothing: red again, or green often enough. */
function isSettled(results: readonly boolean[]): boolean {
  return results.at(-1) === false || results.slice(-ENOUGH).filter(Boolean).length === ENOUGH
}

function describeEarly({ command, failures }: CheckResult): string {
  const named = failures.slice(0, 10).map(({ id, message }) => `${id}: ${message.split('\n')[0] ?? ''}`)
  return [
    `tests that the change concerns are red (\`${command}\`), so the whole check was not run`,
    ...named,
  ].join('\n')
}

/** What is against a check that passes and fails on the same files. */
function flakiness(command: string, results: readonly boolean[]): string[] {
  if (results.slice(-ENOUGH).filter(Boolean).length === ENOUGH) return []
  const green = results.filter(Boolean).length
  return [
    `the check \`${command}\` is flaky: green in ${green} of ${results.length} runs on the same files. A green run of it proves nothing: mend what is not determined (time, order, ports, shared state), and run it again`,
  ]
}

/**
 * The gate of a session. Where there is no result for the tree as it is, it runs the check itself: a claim is then
 * decided on fresh evidence, whatever the model says it has seen.
 */
export function createCompletionGate(deps: {
  check: SessionCheck | null
  state: SessionState
  recorder: Recorder
  workspace: Pick<Workspace, 'treeHash'>
  run: (command: string, signal: AbortSignal) => Promise<CheckResult>
  /** The tests that the change can concern; null where only the whole check tells. */
  runImpacted: (signal: AbortSignal) => Promise<CheckResult | null>
  /** Default 20,000 ms. */
  slowMs?: number
  /** What is against a statement of the ledger. */
  unmet: (signal: AbortSignal) => Promise<string[]>
  exists: (path: string) => boolean
}): CompletionGate {
  const { check, state, recorder, workspace } = deps
  /** Tools that write tell so; of commands only the tree tells. Without any, nothing is hashed. */
  const isChanged = async (): Promise<boolean> =>
    state.changed || (state.treeBefore !== null && state.treeBefore !== (await workspace.treeHash()))
  const weak = (claim: FinishClaim | null): string[] => {
    if (claim === null) return []
    const commands = [...state.ran].map(([command, run]) => ({ command, ...run }))
    if (state.latestCheck !== null) {
      const { result, seq } = state.latestCheck
      commands.push({ command: result.command, ok: result.ok, seq })
    }
    return judgeEvidence(claim, { commands, changedAt: state.changedAt, exists: deps.exists })
  }
  return {
    async treeBefore() {
      const known = check?.origin === 'given' || state.changed || state.treeBefore !== null
      return known ? null : workspace.treeHash()
    },
    async decide(claim, signal) {
      const claimed = claim !== null && claim.claims.length > 0
      const changed = await isChanged()
      // What nobody claims and nothing has changed needs no proof.
      const binds = check?.origin === 'given' || claimed || changed
      if (!binds || (check === null && !changed)) return { kind: 'not-asked' }
      const reasons = await deps.unmet(signal)
      if (check === null)
        return reasons.length + weak(claim).length > 0
          ? { kind: 'refused', reasons: [...reasons, ...weak(claim)] }
          : { kind: 'not-asked' }
      let tree = await workspace.treeHash()
      if (state.latestCheck === null || state.latestCheck.result.treeAfter !== tree) {
        // Red is red at once; green is no evidence, and the whole check follows.
        const isSlow = (state.latestCheck?.result.durationMs ?? 0) >= (deps.slowMs ?? SLOW_MS)
        const early = isSlow ? await deps.runImpacted(signal) : null
        if (early !== null && !early.ok && early.exit !== null)
          return { kind: 'refused', reasons: [...reasons, describeEarly(early)] }
        const result = await deps.run(check.command, signal)
        recorder.record('check.finished', { ...result, call: null })
        tree = await workspace.treeHash()
      }
      if (isFlaky(state.verdicts.results) && state.latestCheck?.result.treeAfter === tree) {
        for (let more = 0; more < MOST_REPEATS && !isSettled(state.verdicts.results); more += 1) {
          if (signal.aborted) break
          recorder.record('check.finished', { ...(await deps.run(check.command, signal)), call: null })
        }
        tree = await workspace.treeHash()
        reasons.push(...flakiness(check.command, state.verdicts.results))
      }
      const verdict = judge({ check: check.command, latest: state.latestCheck, tree })
      reasons.push(...(verdict.accepted ? weak(claim) : verdict.reasons))
      return verdict.accepted && reasons.length === 0
        ? { kind: 'accepted', evidence: verdict.evidence }
        : { kind: 'refused', reasons }
    },
  }
}
