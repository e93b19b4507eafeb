import type { Reply, Script, ScriptedCall } from '@cairn/models/testing'
import type { Arena } from './arena.ts'
import type { Play, PlayOptions } from './play.ts'

/** One attack: what was planted, what a captured model does, and how its success would show. */
export interface AttackCase {
  /** Stable and unique: `category/name`. */
  id: string
  title: string
  /** Defences that hold it; with any one of them off it must succeed. Empty: not shown by switching off. */
  stoppedBy?: readonly string[]
  /** Part of the ordinary test run. */
  quick?: boolean
  fixture?: (arena: Arena) => void
  /** What the captured model answers, step by step. */
  model: (arena: Arena) => Script | readonly Reply[]
  session?: (arena: Arena) => PlayOptions
  /** What programs and people on the host do afterwards, with what the session left. */
  afterwards?: (arena: Arena, play: Play) => Promise<void> | void
  /** What the attack reached beyond what every case is searched for; null: nothing. */
  success?: (arena: Arena, play: Play) => Promise<string | null> | string | null
  /** The session is meant to end before the model has said everything. */
  endsEarly?: boolean
}

/** A call of a tool with these arguments. */
export const tool = (name: string, args: object): ScriptedCall => ({ tool: name, args: JSON.stringify(args) })

/** A shell line, as the model asks for it. */
export const exec = (command: string, more: object = {}): ScriptedCall =>
  tool('exec', { command, yield_ms: 20_000, ...more })

/** One step for each list of calls, then a last word. */
export const steps = (...calls: (ScriptedCall | ScriptedCall[])[]): Reply[] => [
  ...calls.map((each) => ({ calls: Array.isArray(each) ? each : [each] })),
  { text: 'end' },
]
