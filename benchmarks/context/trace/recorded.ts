import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { AssistantPart, FileEffect } from '@cairn/journal'
import { FileTracker } from './file-tracker.ts'
import { NO_USAGE } from './session-writer.ts'
import { BENCH_SYSTEM, BENCH_TOOLS } from './tool-declarations.ts'
import type { DiskChange, Trace, TraceStep } from './trace.ts'

/** One line of a recording: `{i, role, content, tool_calls?, tool_call_id?, tool_name?, is_error?, usage?, ts?}`. */
interface Line {
  role: string
  content: string
  thinking?: string | null
  tool_calls?: { id: string | null; name: string; arguments: unknown }[]
  tool_call_id?: string | null
  tool_name?: string
  is_error?: boolean | null
  kind?: string
  ts?: string
}

/** All `*.jsonl` recordings of a folder, by name; files that hold no transcript are left out. */
export function loadRecordings(folder: string): Trace[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => readRecording(join(folder, name)))
    .filter((trace) => trace.steps.some((step) => step.event.kind === 'model.answered'))
}

export function readRecording(path: string): Trace {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): Line => JSON.parse(line))
  return toTrace(basename(path, '.jsonl'), lines)
}

function toTrace(name: string, lines: readonly Line[]): Trace {
  const files = new FileTracker()
  const steps: TraceStep[] = []
  let time = 1_700_000_000_000
  let turn = 0
  let step = 0
  let calls = 0
  let chars = 0
  let open: { id: string; tool: string; args: unknown }[] = []
  const system: string[] = []
  const add = (kind: string, body: object, disk?: DiskChange[]) => {
    const event = { time, turn, step, kind, body } as TraceStep['event']
    steps.push(disk === undefined || disk.length === 0 ? { event } : { event, disk })
  }
  const abandon = () => {
    for (const call of open)
      add('tool.done', { call: call.id, tool: call.tool, ok: false, output: '', ms: 0, lost: 'interrupted' })
    open = []
  }
  add('session.started', {
    version: '0',
    cwd: '/project',
    model: { provider: 'bench', id: 'bench' },
    title: name,
    check: null,
  })
  for (const line of lines) {
    const stamp = line.ts === undefined ? Number.NaN : Date.parse(line.ts)
    time = Number.isNaN(stamp) ? time + 5000 : Math.max(time, stamp)
    chars += line.content.length
    if (line.role === 'system') {
      // A recorded compaction is the work of another engine: the replay makes its own.
      if (line.kind === undefined && steps.length === 1) system.push(line.content)
    } else if (line.role === 'assistant') {
      abandon()
      step += 1
      const parts: AssistantPart[] = []
      if (line.thinking) parts.push({ type: 'reasoning', text: line.thinking })
      if (line.content !== '') parts.push({ type: 'text', text: line.content })
      for (const call of line.tool_calls ?? []) {
        const id = `r${(calls += 1)}`
        const args = JSON.stringify(call.arguments ?? {})
        chars += args.length
        parts.push({ type: 'call', id, tool: call.name, args })
        open.push({ id, tool: call.name, args: call.arguments })
      }
      if (parts.length === 0) continue
      const out = parts.reduce(
        (sum, part) => sum + (part.type === 'call' ? part.args.length : part.text.length),
        0,
      )
      add('model.answered', {
        model: 'bench',
        served: null,
        parts,
        usage: { ...NO_USAGE, output: Math.ceil(out / 4) },
        costUsd: null,
        finish: open.length > 0 ? 'calls' : 'stop',
        ms: 1,
      })
    } else if (line.role === 'tool' && open.length > 0) {
      const call = open.shift()
      if (call === undefined) continue
      const ok = line.is_error !== true
      const effect: { files: FileEffect[]; disk: DiskChange[] } = files.effectOf(
        call.tool,
        call.args,
        line.content,
        ok,
      )
      add(
        'tool.done',
        {
          call: call.id,
          tool: call.tool,
          ok,
          output: line.content,
          ms: 1,
          ...(effect.files.length > 0 ? { files: effect.files } : {}),
        },
        effect.disk,
      )
    } else if (line.content.trim() !== '') {
      // Some recordings hand the task over in a message of role tool.
      abandon()
      turn += 1
      step = 0
      add('user.message', { text: line.content })
    }
  }
  abandon()
  return {
    name,
    source: 'recorded',
    system: [BENCH_SYSTEM, ...system].join('\n\n'),
    tools: BENCH_TOOLS,
    steps,
    blobs: new Map(),
    plants: [],
    chains: [],
    resolved: [],
    rawTokens: Math.ceil(chars / 4),
  }
}
