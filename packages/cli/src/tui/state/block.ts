import type { PlanItem } from '@cairn/journal'
import type { DiffLine } from '@cairn/server'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'dim'

/** A tool call as people see it. */
export interface CallView {
  id: string
  tool: string
  /** Its most telling argument. */
  subject: string
  args: string
  diff: DiffLine[] | null
  /** Milliseconds since the epoch. */
  startedAt: number
  /** Null while it runs. */
  done: { ok: boolean; exit: number | null; ms: number; output: string; lost: string | null } | null
}

/** Something that is finished and will not change any more: it is printed once. Text in it is untrusted. */
export type Block =
  | { kind: 'welcome'; version: string; cwd: string; model: string; notice: string | null }
  | { kind: 'user'; text: string }
  /** Markdown of the model. `begins`: the first piece of what it says. */
  | { kind: 'said'; text: string; begins: boolean }
  | { kind: 'call'; call: CallView }
  | { kind: 'plan'; items: PlanItem[] }
  | { kind: 'notice'; tone: Tone; mark: string; text: string }
  | { kind: 'report'; title: string; lines: string[] }
  | { kind: 'end'; good: boolean; status: string; openItems: string[]; totals: string }
