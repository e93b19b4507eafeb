import type { Action, Decision, Policy } from '@cairn/guard'
import type { Json } from '@cairn/journal'
import type { Effect } from './tool.ts'

const FILE_LINE = /^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/gmu

function field(args: Json, name: string): string | undefined {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return undefined
  const value = args[name]
  return typeof value === 'string' ? value : undefined
}

/** What a call is to the policy: the shell line and the files that it names. Null for calls without an effect. */
function actionOf(tool: string, effect: Effect, args: Json): Action | null {
  if (effect === 'exec') {
    // What is typed into a running process may be read by a shell.
    const command = field(args, 'command') ?? field(args, 'text')
    return { tool, effect, ...(command === undefined ? {} : { command }) }
  }
  if (effect !== 'write') return null
  const path = field(args, 'path')
  const patch = field(args, 'patch') ?? ''
  const paths = [...patch.matchAll(FILE_LINE)].map((match) => (match[1] ?? '').trim())
  return { tool, effect, paths: path === undefined ? paths : [path, ...paths] }
}

/** Decides on a call as it will be executed; null where there is nothing to decide. */
export async function decideCall(
  policy: Pick<Policy, 'decide'>,
  call: { tool: string; effect: Effect; args: Json },
): Promise<Decision | null> {
  const action = actionOf(call.tool, call.effect, call.args)
  return action === null ? null : policy.decide(action)
}

/** What the model is told of a refusal. Nobody can be asked inside the loop, so a question is one as well. */
export function refusalText({ decision, rule, reason }: Decision): string {
  const why =
    decision === 'ask' ? 'needs the approval of a person, and nobody can be asked here' : 'is denied'
  return `Refused by the policy: this call ${why} (rule ${rule}). ${reason} Nothing was executed.`
}
