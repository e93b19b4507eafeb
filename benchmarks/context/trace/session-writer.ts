import { createHash } from 'node:crypto'
import type {
  AssistantPart,
  CheckResult,
  EventBodies,
  EventKind,
  FileEffect,
  Json,
  NewEvent,
  Usage,
} from '@cairn/journal'
import type { DiskChange, TraceStep } from './trace.ts'

export const NO_USAGE: Usage = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 }
const VIEW_LIMIT = 24_000

/** One call of an answer, with what comes back. */
export interface CallSpec {
  tool: string
  args: { [key: string]: Json }
  output: string
  ok?: boolean
  exit?: number | null
  effect?: 'read' | 'write' | 'exec' | 'control'
  files?: FileEffect[]
  check?: CheckResult
  /** Work tree changes the call causes. */
  disk?: DiskChange[]
  /** Further events that the call leads to, right after its result; their position is set here. */
  followed?: NewEvent[]
}

/** Writes a session as the agent would journal it: same events, same order, with time passing. */
export class SessionWriter {
  readonly steps: TraceStep[] = []
  readonly blobs = new Map<string, Uint8Array>()
  rawChars = 0
  #time: number
  #turn = 0
  #step = 0
  #calls = 0
  readonly #prefix: string

  constructor(start: number, prefix = 'call') {
    this.#time = start
    this.#prefix = prefix
  }

  pass(seconds: number): void {
    this.#time += Math.round(seconds * 1000)
  }

  event<K extends EventKind>(kind: K, body: EventBodies[K]): NewEvent {
    const event = { time: this.#time, turn: this.#turn, step: this.#step, kind, body }
    return event as NewEvent
  }

  add<K extends EventKind>(kind: K, body: EventBodies[K], disk?: DiskChange[]): void {
    this.steps.push({ event: this.event(kind, body), ...(disk === undefined ? {} : { disk }) })
  }

  user(text: string, disk?: DiskChange[]): void {
    this.#turn += 1
    this.#step = 0
    this.rawChars += text.length
    this.add('user.message', { text }, disk)
  }

  /** One model call with its tool calls and their results. */
  answer(said: { text?: string; reasoning?: string }, calls: readonly CallSpec[]): void {
    this.#step += 1
    const parts: AssistantPart[] = []
    if (said.reasoning !== undefined) parts.push({ type: 'reasoning', text: said.reasoning })
    if (said.text !== undefined) parts.push({ type: 'text', text: said.text })
    const ids = calls.map(() => `${this.#prefix}_${(this.#calls += 1)}`)
    calls.forEach((call, i) => {
      parts.push({ type: 'call', id: ids[i] ?? '', tool: call.tool, args: JSON.stringify(call.args) })
    })
    const chars = parts.reduce(
      (sum, part) => sum + (part.type === 'call' ? part.args.length : part.text.length),
      0,
    )
    this.rawChars += chars
    this.pass(4)
    this.add('model.answered', {
      model: 'bench',
      served: null,
      parts,
      usage: { ...NO_USAGE, output: Math.ceil(chars / 4) },
      costUsd: null,
      finish: calls.length > 0 ? 'calls' : 'stop',
      ms: 1,
    })
    calls.forEach((call, i) => this.#done(ids[i] ?? '', call))
  }

  #done(id: string, call: CallSpec): void {
    this.pass(1)
    this.add('tool.intended', {
      call: id,
      tool: call.tool,
      args: call.args,
      effect: call.effect ?? 'read',
      actionSha256: '',
    })
    const { view, full } = this.#bound(call.output)
    this.rawChars += view.length
    this.add(
      'tool.done',
      {
        call: id,
        tool: call.tool,
        ok: call.ok ?? true,
        output: view,
        ms: 1,
        ...(full === null ? {} : { full }),
        ...(call.exit === undefined ? {} : { exit: call.exit }),
        ...(call.files === undefined ? {} : { files: call.files }),
        ...(call.check === undefined ? {} : { check: call.check }),
      },
      call.disk,
    )
    if (call.check !== undefined) this.add('check.finished', { ...call.check, call: id })
    for (const event of call.followed ?? []) {
      this.steps.push({ event: { ...event, time: this.#time, turn: this.#turn, step: this.#step } })
    }
  }

  /** The choke point before the journal: large outputs become a view of head and tail, the rest lies in a blob. */
  #bound(output: string): { view: string; full: EventBodies['tool.done']['full'] | null } {
    if (output.length <= VIEW_LIMIT) return { view: output, full: null }
    const bytes = new TextEncoder().encode(output)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    this.blobs.set(sha256, bytes)
    const view = `${output.slice(0, VIEW_LIMIT * 0.4)}\n[... full output: blob ${sha256.slice(0, 12)} ...]\n${output.slice(-VIEW_LIMIT * 0.6)}`
    return { view, full: { sha256, bytes: bytes.length, lines: output.split('\n').length } }
  }
}
