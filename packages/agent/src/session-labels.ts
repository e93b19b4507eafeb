import {
  findLiteral,
  isUntrusted,
  namesPrivateFile,
  type Destination,
  type Origin,
  type Provenance,
  type SessionLabels,
} from '@cairn/guard'
import type { Event, EventKind, Json } from '@cairn/journal'

/** The labels of a session, folded from its events: they only ever rise, whatever is rewritten or taken back. */
export interface LabelState extends SessionLabels {
  untrusted: number | null
  private: { seq: number; what: string } | null
  trusted: string[]
  project: { packages: Set<string>; hosts: Set<string>; remotes: Set<string> }
  /** Calls of the newest answer whose arguments name a private file. */
  pending: Map<string, string>
}

export function emptyLabels(): LabelState {
  return {
    untrusted: null,
    private: null,
    trusted: [],
    project: { packages: new Set(), hosts: new Set(), remotes: new Set() },
    pending: new Map(),
  }
}

/** The same labels where hosts count as named by the project. */
export const withHosts = (labels: LabelState, hosts: ReadonlySet<string>): LabelState =>
  hosts.size === 0
    ? labels
    : { ...labels, project: { ...labels.project, hosts: new Set([...labels.project.hosts, ...hosts]) } }

/** Tools whose output is what the agent itself said before. */
const OWN_WORDS = new Set(['plan', 'note', 'finish'])
const MARK = /\[secret:[\w-]+:[0-9a-f]{8}\]/u

/** Where the text of an event comes from; null for events without any. */
function originOf(event: Event): Origin | null {
  switch (event.kind) {
    case 'user.message':
      return event.body.by === 'agent' ? 'agent' : 'user'
    case 'instructions.loaded':
      return 'repository'
    case 'model.answered':
    case 'note.written':
    case 'narrative.received':
    case 'compaction.received':
      return 'agent'
    case 'harness.message':
      // A hook may hand on what anybody wrote.
      return event.body.reason === 'hook' ? 'tool-output' : null
    case 'tool.done': {
      const { tool, lost } = event.body
      if (lost === 'refused' || OWN_WORDS.has(tool)) return null
      if (tool.startsWith('mcp') || tool === 'tool_search') return 'mcp'
      if (tool === 'task') return 'sub-agent'
      if (/^(?:web|fetch|browse)/u.test(tool)) return 'web'
      return ['read', 'search', 'list', 'symbols'].includes(tool) ? 'repository' : 'tool-output'
    }
    default:
      return null
  }
}

const strings = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

/** Takes one event in place. */
export function reduceLabels(state: LabelState, event: Event): void {
  switch (event.kind) {
    case 'user.message':
      // A task was written by the agent that started this one: what it names is not what a person named.
      if (event.body.by !== 'agent') state.trusted.push(event.body.text)
      return
    case 'session.environment': {
      const given = event.body.facts['subAgent']
      if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
        if (given['untrusted'] === true) state.untrusted ??= event.seq
        if (typeof given['private'] === 'string') state.private ??= { seq: event.seq, what: given['private'] }
      }
      const servers = event.body.facts['mcp']
      // What servers say of their tools stands in every request.
      if (typeof servers === 'object' && servers !== null && !Array.isArray(servers))
        if (strings(servers['tools']).some((name) => name.startsWith('mcp__'))) state.untrusted ??= event.seq
      const project = event.body.facts['project']
      if (typeof project !== 'object' || project === null || Array.isArray(project)) return
      for (const key of ['packages', 'hosts', 'remotes'] as const)
        for (const text of strings(project[key])) state.project[key].add(text)
      return
    }
    case 'harness.message':
      if (event.body.reason === 'hook') state.untrusted ??= event.seq
      return
    case 'session.imported':
      if (!event.body.trusted) state.untrusted ??= event.seq
      return
    case 'subagent.finished':
      if (event.body.private !== undefined) state.private ??= { seq: event.seq, what: event.body.private }
      return
    case 'instructions.loaded':
      for (const file of event.body.files)
        if (file.trusted === true) state.trusted.push(file.text)
        else state.untrusted ??= event.seq
      return
    case 'model.answered':
      state.pending.clear()
      for (const part of event.body.parts)
        if (part.type === 'call' && namesPrivateFile(part.args)) state.pending.set(part.id, part.tool)
      return
    case 'tool.done': {
      const { call, output, lost } = event.body
      const origin = originOf(event)
      if (origin !== null && isUntrusted(origin)) state.untrusted ??= event.seq
      if (lost === 'refused') return
      if (state.pending.has(call))
        state.private ??= { seq: event.seq, what: 'a file that holds keys or passwords' }
      else if (MARK.test(output)) state.private ??= { seq: event.seq, what: 'an output with a secret in it' }
      return
    }
    default:
  }
}

const TEXT_KINDS: readonly EventKind[] = [
  'instructions.loaded',
  'model.answered',
  'tool.done',
  'note.written',
]

function* textsOf(event: Event): Iterable<[field: string, text: string]> {
  if (event.kind === 'tool.done') yield ['output', event.body.output]
  else if (event.kind === 'note.written') yield ['text', event.body.text]
  else if (event.kind === 'instructions.loaded')
    for (const [at, file] of event.body.files.entries()) yield [`files.${at}.text`, file.text]
}

/** Finds the first text of the session, besides the model's own, that has a literal. */
export function sourceOf(
  read: (kinds: readonly EventKind[]) => Iterable<Event>,
  { kind, literal }: Destination,
): Provenance['source'] {
  for (const event of read(TEXT_KINDS)) {
    const origin = originOf(event)
    if (origin === null) continue
    for (const [field, text] of textsOf(event)) {
      const start = findLiteral(text, literal, kind)
      if (start >= 0) return { seq: event.seq, field, start, end: start + literal.length, origin }
    }
  }
  return null
}
