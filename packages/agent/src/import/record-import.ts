import type { Redactor } from '@cairn/guard'
import type { AssistantPart, EventBodies, EventKind, NewEvent, Store, Usage } from '@cairn/journal'
import { admit } from '../admit.ts'
import { recordStart, type StartOptions } from '../record-start.ts'
import { redactedStore } from '../session-secrets.ts'

/** One thing of a conversation that was read from a file. `time`: milliseconds since the epoch, null where it is not known. */
export type ImportedStep =
  | { type: 'message'; time: number | null; text: string }
  | {
      type: 'answer'
      time: number | null
      model: string | null
      parts: AssistantPart[]
      usage?: Usage
      costUsd?: number
    }
  | {
      type: 'result'
      time: number | null
      call: string
      ok: boolean
      output: string
      exit?: number | null
      lost?: 'interrupted' | 'cancelled' | 'refused'
    }

/** What the event `session.imported` says besides the counts. */
export type ImportSource = Pick<
  EventBodies['session.imported'],
  'source' | 'sha256' | 'bytes' | 'session' | 'agent' | 'trusted' | 'leftOut'
>

const NOTHING: Usage = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 }
/** Names and ids that every provider takes. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/
const BATCH = 256
/** An output up to this length is kept as it stands: it may be a view already. In UTF-16 code units. */
const KEPT = 40_000

interface OpenCall {
  /** Its id here. */
  id: string
  tool: string
}

/**
 * Writes an imported conversation as a new session: the instructions of the folder as they are now, then what was said. It
 * runs nothing and proves nothing: results count as text, and no command of it is evidence. Secrets are taken out as at any
 * other entry; long outputs become blobs. Calls get ids and names that providers take, and each has one result.
 */
export function recordImport(
  store: Store,
  options: {
    start: StartOptions
    source: ImportSource
    steps: readonly ImportedStep[]
    redactor: Redactor
    now: number
  },
): EventBodies['session.imported'] {
  const { start, source, steps, redactor, now } = options
  const clean = redactedStore(store, redactor)
  let pending: NewEvent[] = []
  let turn = 0
  let step = 0
  let time = now
  const flush = () => {
    if (pending.length > 0) clean.append(pending)
    pending = []
  }
  const write = <K extends EventKind>(kind: K, body: EventBodies[K]) => {
    // Kind and body come in pairs from the calls below; the union of pairs cannot be re-proved here.
    pending.push({ time, turn, step, kind, body } as NewEvent)
    if (pending.length >= BATCH) flush()
  }
  recordStart(start, {
    record(kind, body) {
      flush()
      const [event] = clean.append([{ time, turn, step, kind, body } as NewEvent])
      if (event === undefined) throw new Error('the store gave back no event for one that it was given')
      return event
    },
  })
  const count = (type: ImportedStep['type']) => steps.filter((one) => one.type === type).length
  const imported = {
    ...source,
    messages: count('message'),
    answers: count('answer'),
    results: count('result'),
  }
  write('session.imported', imported)

  const open = new Map<string, OpenCall>()
  let calls = 0
  const finish = (
    given: string,
    call: OpenCall,
    body: Omit<EventBodies['tool.done'], 'call' | 'tool' | 'ms'>,
  ) => {
    open.delete(given)
    write('tool.done', { call: call.id, tool: call.tool, ms: 0, ...body })
  }
  const closeOpen = () => {
    for (const [given, call] of open)
      finish(given, call, { ok: false, output: 'No result in the imported file.', lost: 'interrupted' })
  }
  for (const one of steps) {
    time = one.time ?? time
    if (one.type === 'message') {
      closeOpen()
      turn += 1
      step = 0
      write('user.message', source.trusted ? { text: one.text } : { text: one.text, by: 'agent' })
    } else if (one.type === 'answer') {
      closeOpen()
      step += 1
      const parts = one.parts.map((part): AssistantPart => {
        if (part.type !== 'call') return part
        calls += 1
        const id = NAME.test(part.id) && !open.has(part.id) ? part.id : `imported_${calls}`
        const tool = NAME.test(part.tool)
          ? part.tool
          : part.tool.replaceAll(/[^A-Za-z0-9_-]+/g, '_').slice(0, 64) || 'tool'
        open.set(part.id, { id, tool })
        return { type: 'call', id, tool, args: part.args }
      })
      write('model.answered', {
        model: one.model ?? source.agent,
        served: null,
        parts,
        usage: one.usage ?? NOTHING,
        costUsd: one.costUsd ?? null,
        finish: parts.some(({ type }) => type === 'call') ? 'calls' : 'stop',
        ms: 0,
      })
    } else {
      const call = open.get(one.call)
      if (call === undefined) continue
      const { exit, lost, ok } = one
      const view = viewOf(one.output, store, redactor)
      finish(one.call, call, {
        ok,
        ...view,
        ...(exit === undefined ? {} : { exit }),
        ...(lost === undefined ? {} : { lost }),
      })
    }
  }
  closeOpen()
  flush()
  return imported
}

function viewOf(
  output: string,
  store: Store,
  redactor: Redactor,
): Pick<EventBodies['tool.done'], 'output' | 'full'> {
  if (output.length > KEPT) return admit({ output }, store, redactor)
  return { output: output === '' ? '(no output)' : redactor.redact(output).text }
}
