import type { Wire } from '../codec/codec.ts'
import { createModel, type ModelDeps } from '../create-model.ts'
import type { Item, Model, ModelRequest } from '../model.ts'
import type { ModelRef } from '../model-ref.ts'
import type { ScriptedServer } from './scripted-server.ts'

export const WIRES: Wire[] = ['responses', 'chat', 'messages', 'gemini']

export const EXEC = {
  name: 'exec',
  description: 'Runs a command.',
  schema: { type: 'object', properties: { cmd: { type: 'string' } }, required: ['cmd'] },
}

export const PATCH = {
  name: 'apply_patch',
  description: 'Edits files.',
  schema: { type: 'object' },
  freeform: { syntax: 'lark' as const, definition: 'start: "*** Begin Patch" /.+/' },
}

export const HELLO: Item = { type: 'user', parts: [{ type: 'text', text: 'hello' }] }

export function requestOf(items: Item[] = [HELLO], more: Partial<ModelRequest> = {}): ModelRequest {
  return { system: 'be brief', tools: [EXEC, PATCH], items, ...more }
}

/** A thinking model on a wire of the server, whose waits are only noted: `waits` in milliseconds. */
export async function modelOn(
  server: Pick<ScriptedServer, 'baseUrl'>,
  wire: Wire,
  deps: Partial<ModelDeps> = {},
  ref: Partial<ModelRef> = {},
): Promise<{ model: Model; waits: number[] }> {
  const waits: number[] = []
  const model = await createModel(
    { provider: 'openai-compatible', id: 'm', baseUrl: server.baseUrl(wire), wire, ...ref },
    {
      env: {},
      random: () => 0,
      now: () => Date.parse('2026-11-23T12:00:00Z'),
      sleep: async (ms) => void waits.push(ms),
      catalogue: { 'openai-compatible/m': { reasoning: true, images: true } },
      ...deps,
    },
  )
  return { model, waits }
}

export const never: AbortSignal = new AbortController().signal
