import type { Action, Analysis, Decision, ExactAction, Policy, Provenance } from '@cairn/guard'
import type { Json } from '@cairn/journal'
import { patchPaths, realPath } from '@cairn/workspace'
import { exactAction } from './exact-action.ts'
import type { Effect } from './tool.ts'

/** A call with a decision, and what is needed to ask about it. */
export interface Judged {
  decision: Decision
  provenance: readonly Provenance[]
  /** The action as it is at the moment of the call of this function. */
  exact(): ExactAction
}

/** Raises a decision where what the session has read demands it; gives it back unchanged otherwise. */
export type LabelGate = (
  action: Action,
  analysis: Analysis | null,
  decision: Decision,
) => { decision: Decision; provenance: readonly Provenance[] }

function field(args: Json, name: string): string | undefined {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return undefined
  const value = args[name]
  return typeof value === 'string' ? value : undefined
}

/**
 * The lines that are being typed into processes: what was typed since the last new line, by process. A shell reads a line
 * as a whole, in however many pieces it comes.
 */
export type TypedLines = Map<string, string>

const LONGEST_LINE = 64 << 10

/** What is typed, after what stands on its line already. */
function typedText(typed: TypedLines, args: Json): string | undefined {
  const text = field(args, 'text')
  return text === undefined ? undefined : (typed.get(field(args, 'process') ?? '') ?? '') + text
}

/** What a call is to the policy: the shell line and the files that it names. Null for calls without an effect. */
function actionOf(
  root: string,
  typed: TypedLines,
  call: { tool: string; effect: Effect; args: Json; host?: string | undefined },
): Action | null {
  const { tool, effect, args, host } = call
  // That it only reads is the server's own word: rules about it hold all the same, and no argument is a shell line.
  if (tool.startsWith('mcp__')) return { tool, effect: 'exec', ...(host === undefined ? {} : { host }) }
  if (effect === 'exec') {
    // What is typed into a running process may be read by a shell.
    const command = field(args, 'command') ?? typedText(typed, args)
    return { tool, effect, ...(command === undefined ? {} : { command }) }
  }
  if (effect !== 'write') return null
  const path = field(args, 'path')
  const patch = field(args, 'patch')
  const named = [...(path === undefined ? [] : [path]), ...(patch === undefined ? [] : patchPaths(patch))]
  // By both names: a rule may be about the link, or about where it leads.
  return { tool, effect, paths: [...new Set(named.flatMap((name) => [name, realPath(root, name)]))] }
}

/** Decides on a call as it will be executed; null where there is nothing to decide. */
export async function decideCall(
  deps: { policy: Pick<Policy, 'explain'>; gate: LabelGate; root: string; typed: TypedLines },
  call: { tool: string; effect: Effect; args: Json; argsText: string; host?: string | undefined },
): Promise<Judged | null> {
  const action = actionOf(deps.root, deps.typed, call)
  if (action === null) return null
  const { decision, analysis } = await deps.policy.explain(action)
  const isMcp = call.tool.startsWith('mcp__')
  const process = isMcp ? undefined : field(call.args, 'process')
  const typed = isMcp ? undefined : typedText(deps.typed, call.args)
  if (process !== undefined && typed !== undefined && decision.decision !== 'deny')
    deps.typed.set(process, typed.slice(typed.lastIndexOf('\n') + 1).slice(-LONGEST_LINE))
  const words = (analysis?.commands ?? []).flatMap(({ argv, redirects }) => [
    ...argv.filter((word) => word !== null),
    ...redirects.flatMap(({ target }) => (target === null ? [] : [target])),
  ])
  const shown = { tool: call.tool, args: call.argsText, cwd: field(call.args, 'cwd') }
  return {
    ...deps.gate(action, analysis, decision),
    exact: () => exactAction(deps.root, shown, action, words),
  }
}

/** What the model is told of a refusal where nobody can be asked: a question is one as well. */
export function refusalText({ decision, rule, reason }: Decision): string {
  const why =
    decision === 'ask' ? 'needs the approval of a person, and nobody can be asked here' : 'is denied'
  return `Refused by the policy: this call ${why} (rule ${rule}). ${reason} Nothing was executed.`
}
