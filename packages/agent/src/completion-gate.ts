import type { CheckResult } from '@cairn/journal'
import type { Workspace } from '@cairn/workspace'
import { judge } from './gate.ts'
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
}): CompletionGate {
  const { check, state, recorder, workspace } = deps
  /** Tools that write tell so; of commands only the tree tells. Without any, nothing is hashed. */
  const isChanged = async (): Promise<boolean> =>
    state.changed || (state.treeBefore !== null && state.treeBefore !== (await workspace.treeHash()))
  return {
    async treeBefore() {
      const known = check?.origin !== 'discovered' || state.changed || state.treeBefore !== null
      return known ? null : workspace.treeHash()
    },
    async decide(claim, signal) {
      if (check === null) return { kind: 'not-asked' }
      const claimed = claim !== null && claim.claims.length > 0
      if (check.origin === 'discovered' && !claimed && !(await isChanged())) return { kind: 'not-asked' }
      let tree = await workspace.treeHash()
      if (state.latestCheck === null || state.latestCheck.result.treeAfter !== tree) {
        const result = await deps.run(check.command, signal)
        recorder.record('check.finished', { ...result, call: null })
        tree = await workspace.treeHash()
      }
      const verdict = judge({ check: check.command, latest: state.latestCheck, tree }, claim)
      return verdict.accepted
        ? { kind: 'accepted', evidence: verdict.evidence }
        : { kind: 'refused', reasons: verdict.reasons }
    },
  }
}
