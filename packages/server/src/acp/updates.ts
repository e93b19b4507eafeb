import type { ContentBlock, PlanEntry, SessionUpdate } from '@agentclientprotocol/sdk'
import type { Delta } from '@cairn/agent'
import type { Event, EventBodies, EventKind } from '@cairn/journal'
import { viewCall } from './call-view.ts'

/** Turns what happens in a session into what a client is told of it. Keeps what was said already. */
export interface Updates {
  event(event: Event): SessionUpdate[]
  delta(delta: Delta): SessionUpdate[]
}

/** Calls that are shown otherwise, or of no interest. */
const QUIET = new Set(['plan', 'note', 'finish'])

const text = (value: string): ContentBlock => ({ type: 'text', text: value })
const thought = (value: string): SessionUpdate[] => [
  { sessionUpdate: 'agent_thought_chunk', content: text(`${value}\n`) },
]

const STATUS: Record<string, PlanEntry['status']> = {
  pending: 'pending',
  active: 'in_progress',
  done: 'completed',
  dropped: 'completed',
}

interface Facts {
  /** Real path of the workspace. */
  cwd: string
  /** Whether messages of the person are told: a session is loaded, and the client was not there. */
  replay: boolean
  /** What fills the window; null where it is not known. */
  usage: () => { used: number; size: number; costUsd: number | null } | null
}

type Fold<K extends EventKind> = (body: EventBodies[K]) => SessionUpdate[]

export function createUpdates({ cwd, replay, usage }: Facts): Updates {
  /** Text of the answer under way that was streamed. */
  let streamed = ''
  /** The last whole message, not to be said again by the end of the turn. */
  let said = ''
  let message = 0
  /** Whether the next words follow others without a call between them. */
  let follows = false

  const speak = (words: string): SessionUpdate[] => {
    if (words === '') return []
    const apart = streamed === '' && follows ? '\n\n' : ''
    streamed += words
    follows = true
    return [
      {
        sessionUpdate: 'agent_message_chunk',
        content: text(apart + words),
        messageId: `message-${message}`,
      },
    ]
  }
  const ends = () => {
    streamed = ''
    message += 1
  }
  const usageUpdate = (): SessionUpdate[] => {
    const now = usage()
    if (now === null) return []
    const cost = now.costUsd === null ? {} : { cost: { amount: now.costUsd, currency: 'USD' } }
    return [{ sessionUpdate: 'usage_update', used: now.used, size: now.size, ...cost }]
  }

  const answered: Fold<'model.answered'> = ({ parts }) => {
    const words = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n')
    const rest = words.startsWith(streamed) ? words.slice(streamed.length) : ''
    const updates = speak(rest)
    if (words.trim() !== '') said = words.trim()
    ends()
    for (const part of parts) {
      if (part.type !== 'call' || QUIET.has(part.tool)) continue
      const { title, kind, content, locations, rawInput } = viewCall(part.tool, part.args, cwd)
      updates.push({
        sessionUpdate: 'tool_call',
        toolCallId: part.id,
        name: part.tool,
        title,
        kind,
        status: 'pending',
        content,
        locations,
        rawInput,
      })
      follows = false
    }
    return [...updates, ...usageUpdate()]
  }
  const toolDone: Fold<'tool.done'> = ({ call, tool, ok, output, exit }) => {
    if (QUIET.has(tool)) return []
    return [
      {
        sessionUpdate: 'tool_call_update',
        toolCallId: call,
        status: ok ? 'completed' : 'failed',
        // A change that was made stays in sight: content that is given replaces what was there.
        ...(tool === 'edit' || tool === 'apply_patch'
          ? {}
          : { content: [{ type: 'content', content: text(output) }] }),
        rawOutput: { output, ...(exit === undefined ? {} : { exit }) },
      },
    ]
  }
  const finished: Fold<'session.finished'> = ({ status, summary, openItems }) => {
    ends()
    const open = openItems.map((item) => `- open: ${item}`).join('\n')
    const words = status === 'cancelled' || summary.trim() === said ? '' : summary.trim()
    said = ''
    const updates = speak([words, open].filter(Boolean).join('\n\n'))
    ends()
    follows = false
    return updates
  }
  const FOLDS: { [K in EventKind]?: Fold<K> } = {
    'user.message': ({ text: words }) => {
      ends()
      follows = false
      return replay ? [{ sessionUpdate: 'user_message_chunk', content: text(words) }] : []
    },
    'model.answered': answered,
    'tool.intended': ({ call, tool }) =>
      QUIET.has(tool) ? [] : [{ sessionUpdate: 'tool_call_update', toolCallId: call, status: 'in_progress' }],
    'tool.done': toolDone,
    'plan.updated': ({ items }) => [
      {
        sessionUpdate: 'plan',
        entries: items.map((item) => ({
          content: item.text,
          priority: 'medium',
          status: STATUS[item.status] ?? 'pending',
        })),
      },
    ],
    'session.renamed': ({ title }) => [{ sessionUpdate: 'session_info_update', title }],
    'session.finished': finished,
    'conventions.loaded': ({ leftOut }) =>
      leftOut.flatMap(({ kind, name, path, why }) => thought(`left out: ${kind} ${name} (${path}): ${why}`)),
    'model.retried': (body) => thought(`${body.message}; trying again`),
    'model.failed': (body) => thought(body.message),
    'gate.decided': (body) =>
      body.accepted ? [] : thought(`not accepted as finished: ${body.reasons.join('; ')}`),
    'check.finished': ({ ok, command }) => thought(`check ${ok ? 'green' : 'red'}: ${command}`),
    'epoch.started': ({ epoch, cause }) => thought(`context rewritten, epoch ${epoch} (${cause})`),
    'approval.expired': (body) => thought(`not allowed: ${body.reason}`),
    'session.rewound': (body) => thought(body.reason),
  }
  return {
    event(event) {
      // One fold a kind; the table cannot say that the event it is given has that kind.
      const fold = FOLDS[event.kind] as ((body: Event['body']) => SessionUpdate[]) | undefined
      return fold?.(event.body) ?? []
    },
    delta(delta) {
      if (delta.type === 'text') return speak(delta.text)
      if (delta.type === 'reasoning')
        return [{ sessionUpdate: 'agent_thought_chunk', content: text(delta.text) }]
      if (delta.type === 'call' || streamed === '') return []
      const updates = speak('\n\n[The answer broke off here and begins anew.]')
      ends()
      return updates
    },
  }
}
