import type { AssistantPart, BlobRef, Event, NativeRecord } from '@cairn/journal'

type ToolDone = Event<'tool.done'>

/** One call of a step. `done` is null while no result has arrived. */
export interface Call {
  id: string
  /** The id in the journal, where `id` is a new name. */
  given: string
  tool: string
  args: string
  /** The loop wrote that it would start this call: without a result it may have taken effect. */
  intended: boolean
  done: { seq: number; body: ToolDone['body'] } | null
  /** A result came after the step had been shown as lost. */
  late: boolean
}

/** One model answer with its calls. `sealed`: nothing that comes later changes how it is shown. */
export interface StepNode {
  kind: 'step'
  seq: number
  time: number
  turn: number
  parts: AssistantPart[]
  native: NativeRecord | null
  calls: Call[]
  sealed: boolean
}

export interface UserNode {
  kind: 'user'
  seq: number
  turn: number
  text: string
  attachments: (BlobRef & { mime: string; name?: string })[]
}

/** Text that code adds to the transcript. `state` blocks are void at the next epoch, whose header has the news. */
export interface BlockNode {
  kind: 'block'
  seq: number
  text: string
  state: boolean
  /** Shown only where the item before is an answer: some providers refuse a request that ends with one. */
  nudge?: true
}

/** What the model is told where nothing was said after its answer and it is asked again. */
export const NUDGE = '[continue]'

export type Node = StepNode | UserNode | BlockNode

/** The part of the journal that may still be shown item by item. Owned by `reduceTranscript`. */
export interface Transcript {
  nodes: Node[]
  /** The step whose results are still coming in, always in `nodes`. */
  open: StepNode | null
  /** Call ids ever used: a repeated one gets a new name, because providers want a bijection. */
  ids: Set<string>
  /** Calls of recent steps by the id that the journal uses. */
  calls: Map<string, { step: StepNode; call: Call }>
  /** Ids of answered calls that left `calls`. */
  answered: Set<string>
}

export function emptyTranscript(): Transcript {
  return { nodes: [], open: null, ids: new Set(), calls: new Map(), answered: new Set() }
}

/** Takes one event, in order; costs O(event). Kinds that are not part of the transcript change nothing. */
export function reduceTranscript(state: Transcript, event: Event): void {
  switch (event.kind) {
    case 'user.message':
      state.nodes.push({
        kind: 'user',
        seq: event.seq,
        turn: event.turn,
        text: event.body.text,
        attachments: event.body.attachments ?? [],
      })
      return
    case 'model.requested':
      if (event.body.purpose !== 'narrative') sealBefore(state, event.seq)
      return
    case 'model.answered':
      sealBefore(state, event.seq)
      addStep(state, event)
      return
    case 'tool.intended': {
      const known = state.calls.get(event.body.call)
      if (known) known.call.intended = true
      return
    }
    case 'tool.done':
      addResult(state, event)
      return
    default:
  }
}

/** Closes the step whose results were awaited: calls without a result are lost from here on. */
function seal(state: Transcript): void {
  if (state.open) state.open.sealed = true
  state.open = null
}

/** A model call begins: what came before it stands as it was sent. */
function sealBefore(state: Transcript, seq: number): void {
  seal(state)
  const last = state.nodes.at(-1)
  if (last?.kind === 'step' && last.calls.length === 0)
    state.nodes.push({ kind: 'block', seq, text: NUDGE, state: false, nudge: true })
}

function addStep(state: Transcript, event: Event<'model.answered'>): void {
  const calls: Call[] = []
  let renamed = false
  const parts = event.body.parts.map((part): AssistantPart => {
    if (part.type !== 'call') return part
    const id = part.id !== '' && !state.ids.has(part.id) ? part.id : `c${event.seq}_${calls.length}`
    renamed ||= id !== part.id
    state.ids.add(id)
    calls.push({
      id,
      given: part.id,
      tool: part.tool,
      args: part.args,
      intended: false,
      done: null,
      late: false,
    })
    return id === part.id ? part : { ...part, id }
  })
  const step: StepNode = {
    kind: 'step',
    seq: event.seq,
    time: event.time,
    turn: event.turn,
    parts,
    // A native record repeats the ids of the provider: with a new name it would contradict the parts.
    native: renamed ? null : (event.body.native ?? null),
    calls,
    sealed: calls.length === 0,
  }
  let at = 0
  for (const part of event.body.parts) {
    if (part.type !== 'call') continue
    const call = calls[at++]
    const known = state.calls.get(part.id)
    // Two calls with one id in one answer: results are dealt out in order.
    if (!call || known?.step === step) continue
    state.calls.set(part.id, { step, call })
    state.answered.delete(part.id)
  }
  state.nodes.push(step)
  state.open = step.sealed ? null : step
}

function addResult(state: Transcript, event: ToolDone): void {
  const id = event.body.call
  const known = state.calls.get(id)
  if (!known) {
    if (!state.answered.has(id)) addLate(state, event)
    state.answered.add(id)
    return
  }
  const { step, call } = known
  if (!step.sealed) {
    const target =
      call.done === null ? call : step.calls.find((other) => other.done === null && other.given === id)
    if (target) target.done = { seq: event.seq, body: event.body }
    if (state.open === step && step.calls.every((other) => other.done !== null)) seal(state)
  } else if (call.done === null && !call.late) {
    call.late = true
    addLate(state, event)
  }
}

/** A result that came after its step was sent as lost, or whose call left the transcript. */
function addLate(state: Transcript, event: ToolDone): void {
  const { call, tool, output, ok } = event.body
  const text = `[late result of call ${call} (${tool}), ${ok ? 'ok' : 'failed'}]\n${output}`
  state.nodes.push({ kind: 'block', seq: event.seq, text, state: false })
}

/** Forgets the nodes before `from`, which an epoch switch left behind. */
export function trimTranscript(state: Transcript, from: number): Node[] {
  const cut = state.nodes.findIndex((node) => node.seq >= from)
  const gone = state.nodes.splice(0, cut < 0 ? state.nodes.length : cut)
  if (state.open && state.open.seq < from) state.open = null
  for (const [id, known] of state.calls) {
    if (known.step.seq >= from) continue
    state.calls.delete(id)
    if (known.call.done !== null || known.call.late) state.answered.add(id)
  }
  return gone
}
