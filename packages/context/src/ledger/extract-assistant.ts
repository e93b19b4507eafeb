import type { Event, Json } from '@cairn/journal'
import { classifyAgent } from './classify-agent.ts'
import { isInjection } from './classify-output.ts'
import { deriveClaims } from './derive-claims.ts'
import { deriveScope } from './derive-scope.ts'
import type { Draft } from './draft.ts'
import { labelledStatements } from './labelled-statements.ts'
import { splitStatements } from './split-statements.ts'

const LIMIT = 24
const MAX_TEXT = 65_536
const MAX_COMMAND = 16_384
/** A commit message in a command: what it says was decided. */
const COMMIT_MESSAGE = /\bgit\b[^\n;&|]{0,80}?\s(?:-\w*m|--message)[= ]?\s*(["'])([\s\S]{4,4000}?)(?<!\\)\1/g

/** Decisions, assumptions and rejected ways in the model's own words. Bounded: a rambling answer cannot flood the ledger. */
export function extractAssistant(event: Event<'model.answered'>): Draft[] {
  const drafts: Draft[] = []
  for (const [index, part] of event.body.parts.entries()) {
    if (part.type === 'call') continue
    for (const draft of agentStatements(part.text.slice(0, MAX_TEXT), event.seq, `parts.${index}.text`)) {
      if (drafts.length >= LIMIT) return drafts
      drafts.push(draft)
    }
  }
  return drafts
}

/**
 * What the report of a sub-agent settled, in the name of the agent: it is shown and found like the agent's own
 * statements, but ends none of them.
 */
export function extractReport(event: Event<'tool.done'>): Draft[] {
  return agentStatements(event.body.output.slice(0, MAX_TEXT), event.seq, 'output')
    .slice(0, LIMIT)
    .map((draft) => ({ ...draft, claims: [] }))
}

/**
 * What the agent that started this one says in the task: statements of an agent, so that a task cannot lift what a
 * person demanded. Its words stay verbatim in the context like those of any request.
 */
export function extractTask(event: Event<'user.message'>): Draft[] {
  return agentStatements(event.body.text.slice(0, MAX_TEXT), event.seq, 'text').slice(0, LIMIT)
}

function agentStatements(text: string, seq: number, field: string): Draft[] {
  const drafts: Draft[] = []
  const taken: [number, number][] = []
  for (const label of labelledStatements(text, LIMIT)) {
    const words = text.slice(label.start, label.end)
    const read = classifyAgent(words)
    const type = read?.type ?? label.type ?? 'fact'
    taken.push([label.start, label.end])
    drafts.push(agentDraft(type, read?.polarity ?? 1, words, seq, field, label.start))
  }
  for (const statement of splitStatements(text, false)) {
    if (statement.block !== 'prose' || taken.some(([a, b]) => statement.start < b && statement.end > a))
      continue
    const read = classifyAgent(statement.text)
    if (read && !isInjection(statement.text))
      drafts.push(agentDraft(read.type, read.polarity, statement.text, seq, field, statement.start))
  }
  return drafts
}

function agentDraft(
  type: Draft['type'],
  polarity: 1 | -1,
  text: string,
  seq: number,
  field: string,
  start: number,
): Draft {
  const settles = type === 'decision' || type === 'constraint' || type === 'rejected'
  return {
    type,
    polarity,
    text,
    authority: 'agent',
    scope: deriveScope(text),
    sources: [{ seq, field, start, end: start + text.length }],
    claims: settles ? deriveClaims(text, polarity) : [],
    cue: null,
    ...(type === 'assumption' ? { status: 'unverified' as const } : {}),
  }
}

/** Labelled statements in the arguments of a call: comments in commands, commit messages, text of files written. */
export function extractArguments(args: Json, seq: number, field: string): Draft[] {
  const drafts: Draft[] = []
  walk(args, field, 0)
  return drafts

  function walk(value: Json, path: string, depth: number): void {
    if (drafts.length >= LIMIT || depth > 4) return
    if (typeof value === 'string') {
      for (const label of labelledStatements(value.slice(0, MAX_TEXT), LIMIT)) {
        const text = value.slice(label.start, label.end)
        if (!isInjection(text)) drafts.push(agentDraft(label.type ?? 'fact', 1, text, seq, path, label.start))
      }
      for (const message of value.slice(0, MAX_COMMAND).matchAll(COMMIT_MESSAGE)) {
        const at = message.index + message[0].length - (message[2] ?? '').length - 1
        for (const draft of agentStatements(message[2] ?? '', seq, path))
          if (drafts.length < LIMIT)
            drafts.push({
              ...draft,
              sources: draft.sources.map((span) => ({ ...span, start: span.start + at, end: span.end + at })),
            })
      }
    } else if (value !== null && typeof value === 'object') {
      for (const [name, item] of Object.entries(value))
        if (!name.includes('.')) walk(item, `${path}.${name}`, depth + 1)
    }
  }
}
