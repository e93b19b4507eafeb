import type { AssistantPart, FileEffect, Json } from '@cairn/journal'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Decision, Policy } from '@cairn/guard'
import type { Judged } from '../decide-call.ts'
import { exactAction } from '../exact-action.ts'
import type { Hooks } from './create-hooks.ts'

type Call = Extract<AssistantPart, { type: 'call' }>

/** What the loop asks of hooks about a call. */
export type ToolHooks = Pick<Hooks, 'before' | 'after'>

export const noHooks: ToolHooks = {
  before: async () => ({ refusal: null, ask: null, stop: null, args: null, context: [] }),
  after: async () => ({ ran: false, context: [], stop: null }),
}

/** The call with the arguments that a hook wants: what is decided on, shown, hashed and executed from here on. */
export const hookedCall = (call: Call, args: { [key: string]: Json }): Call => ({
  ...call,
  args: JSON.stringify(args),
})

const STRICTNESS = ['allow', 'ask', 'deny'] as const
const strictness = ({ decision }: Decision) => STRICTNESS.indexOf(decision)

/** The judgement of the call that runs, with the stricter decision of both: a hook cannot talk the policy out of anything. */
export function strictest(first: Judged | null, then: Judged | null): Judged | null {
  if (first === null || then === null) return then ?? first
  const decision = strictness(first.decision) > strictness(then.decision) ? first.decision : then.decision
  return { decision, provenance: [...first.provenance, ...then.provenance], exact: then.exact }
}

/** Raises a judgement to a question where a hook wants one. */
export async function askAbout(
  judged: Judged | null,
  reason: string,
  guard: { policy: Pick<Policy, 'explain'>; root: string },
  tool: string,
  args: string,
): Promise<Judged> {
  if (judged !== null && judged.decision.decision !== 'allow') return judged
  const base = judged?.decision ?? (await guard.policy.explain({ tool, effect: 'write' })).decision
  const id = createHash('sha256').update(`${base.id}\0hook\0${reason}`).digest('hex').slice(0, base.id.length)
  const { policySha256 } = base
  return {
    provenance: judged?.provenance ?? [],
    exact:
      judged?.exact ??
      (() => exactAction(guard.root, { tool, args, cwd: undefined }, { tool, effect: 'write' }, [])),
    decision: { id, decision: 'ask', rule: 'hook:ask', reason, policySha256 },
  }
}

function sha256Of(path: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex')
  } catch {
    return null
  }
}

/** What a call did to files, after hooks ran behind it: a formatter may have written them again. */
export function changedFiles(
  root: string,
  files: FileEffect[] | undefined,
  hooksRan: boolean,
): { files: FileEffect[] | undefined; notes: string[] } {
  if (!hooksRan || files === undefined) return { files, notes: [] }
  const notes: string[] = []
  const after = files.map((file) => {
    if (file.op !== 'wrote') return file
    const sha256 = sha256Of(resolve(root, file.path))
    if (sha256 === file.after) return file
    notes.push(`A hook changed ${file.path} after this call. Read it again before you edit it.`)
    return { ...file, op: sha256 === null ? ('deleted' as const) : file.op, after: sha256 }
  })
  return { files: after, notes }
}
