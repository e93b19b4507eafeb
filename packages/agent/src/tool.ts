import type { CheckResult, EventBodies, EventKind, FileEffect, Json } from '@cairn/journal'
import type { ToolDeclaration } from '@cairn/models'
import type { Capture } from '@cairn/terminal'
import { z } from 'zod'
import type { ImageFile } from './image-file.ts'

/** An event that a tool wants written beside its result. */
export type SideEvent = { [K in EventKind]: { kind: K; body: EventBodies[K] } }[EventKind]

/** What the model claims when it ends its work. */
export interface FinishClaim {
  summary: string
  claims: { claim: string; evidence: string[] }[]
  openItems: string[]
}

export interface ToolOutcome {
  ok: boolean
  /** What the tool says, before it is bounded and stored. */
  output: string | Capture
  /** Text before the output, never cut (exit code, handle of a running process). */
  header?: string
  exit?: number | null
  files?: FileEffect[]
  check?: CheckResult
  events?: SideEvent[]
  finish?: FinishClaim
  /** Shown beside the output, to models that take images. */
  images?: readonly ImageFile[]
}

export interface ToolCall {
  id: string
  signal: AbortSignal
}

/** `exec` and `write` are journaled as intended before they start; `read` may run beside other reads. */
export type Effect = 'read' | 'write' | 'exec' | 'control'

export type Prepared =
  | { ok: true; args: Json; run(call: ToolCall): Promise<ToolOutcome> }
  | { ok: false; message: string }

/** One tool as the loop sees it. Arguments are checked in full before anything runs, and never repaired. */
export interface Tool {
  readonly name: string
  readonly effect: Effect
  readonly declaration: ToolDeclaration
  /** The host that every call reaches, where it does not run on this machine. */
  readonly host?: string
  prepare(argsText: string): Prepared
  /** The call that one of this tool stands for, which is prepared, decided on, journaled and made in its place. */
  stands?(argsText: string): { tool: string; args: string } | null
}

/** Finds the tools of a session by name; `keys` gives those that are declared. */
export type ToolLookup = Pick<ReadonlyMap<string, Tool>, 'get' | 'keys'>

function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 6)
    .map((issue) => `${issue.path.length > 0 ? issue.path.join('.') : 'arguments'}: ${issue.message}`)
    .join('; ')
}

/**
 * Makes a tool from a schema and a function. `freeformKey` names the one string argument that carries the whole input
 * where a provider sends it as raw text instead of JSON.
 */
export function defineTool<S extends z.ZodObject>(spec: {
  name: string
  description: string
  effect: Effect
  schema: S
  run(args: z.infer<S>, call: ToolCall): Promise<ToolOutcome> | ToolOutcome
}): Tool {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(spec.schema, { io: 'input' })
  const expected = Object.keys(spec.schema.shape).join(', ')
  return {
    name: spec.name,
    effect: spec.effect,
    declaration: { name: spec.name, description: spec.description.trim(), schema },
    prepare(argsText) {
      let parsed: unknown
      try {
        parsed = JSON.parse(argsText.trim() === '' ? '{}' : argsText)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        return {
          ok: false,
          message: `Nothing was executed: the arguments of ${spec.name} are not valid JSON (${reason}). They may have been cut off. Send the whole call again.`,
        }
      }
      const checked = spec.schema.safeParse(parsed)
      if (!checked.success)
        return {
          ok: false,
          message: `Nothing was executed: wrong arguments for ${spec.name}: ${describeIssues(checked.error)}. Expected keys: ${expected}.`,
        }
      return {
        ok: true,
        // The value came out of JSON.parse, so it is JSON.
        args: parsed as Json,
        run: async (call) => spec.run(checked.data, call),
      }
    },
  }
}
