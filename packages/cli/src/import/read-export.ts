import type { ImportedStep } from '@cairn/agent/import'
import type { AssistantPart, Event } from '@cairn/journal'
import { countOf, listOf, objectOf, textOrNull, type ImportedSession } from './imported-session.ts'

/**
 * The conversation of an export of cairn whose signature proves nothing here. Every field is looked at anew: the file may be of
 * anybody. What was undone is left out.
 */
export function readExport(session: string, events: readonly Event[]): ImportedSession {
  const found: ImportedSession = {
    source: 'cairn',
    session,
    agent: 'cairn',
    title: null,
    model: null,
    steps: [],
    leftOut: 0,
  }
  for (const event of events) addEvent(found, event)
  return found
}

function addEvent(found: ImportedSession, event: Event): void {
  const body = objectOf(event.body)
  const step = stepOf(event.kind, body, event.time)
  if (step !== null) found.steps.push(step)
  else if (event.kind === 'session.started') {
    const model = objectOf(body['model'])
    found.model = `${textOrNull(model['provider']) ?? '?'}/${textOrNull(model['id']) ?? '?'}`
    found.title = textOrNull(body['title'])
  } else if (event.kind === 'session.renamed') found.title = textOrNull(body['title'])
  else if (event.kind === 'harness.message' || event.kind === 'note.written') found.leftOut += 1
}

function stepOf(kind: string, body: { [key: string]: unknown }, time: number): ImportedStep | null {
  switch (kind) {
    case 'user.message':
      return { type: 'message', time, text: textOrNull(body['text']) ?? '' }
    case 'model.answered': {
      const usage = objectOf(body['usage'])
      const cost = body['costUsd']
      return {
        type: 'answer',
        time,
        model: textOrNull(body['served']) ?? textOrNull(body['model']),
        parts: listOf(body['parts']).flatMap(partOf),
        usage: {
          input: countOf(usage['input']),
          cachedInput: countOf(usage['cachedInput']),
          cacheWrite: countOf(usage['cacheWrite']),
          output: countOf(usage['output']),
          reasoning: countOf(usage['reasoning']),
        },
        ...(typeof cost === 'number' && Number.isFinite(cost) && cost >= 0 ? { costUsd: cost } : {}),
      }
    }
    case 'tool.done': {
      const { exit, lost } = body
      return {
        type: 'result',
        time,
        call: textOrNull(body['call']) ?? '',
        ok: body['ok'] === true,
        output: textOrNull(body['output']) ?? '',
        ...(exit === null || Number.isSafeInteger(exit) ? { exit: exit as number | null } : {}),
        ...(lost === 'interrupted' || lost === 'cancelled' || lost === 'refused' ? { lost } : {}),
      }
    }
    default:
      return null
  }
}

function partOf(value: unknown): AssistantPart[] {
  const part = objectOf(value)
  const text = textOrNull(part['text'])
  if (part['type'] === 'call')
    return [
      {
        type: 'call',
        id: textOrNull(part['id']) ?? '',
        tool: textOrNull(part['tool']) ?? '',
        args: textOrNull(part['args']) ?? '{}',
      },
    ]
  return text !== null && (part['type'] === 'text' || part['type'] === 'reasoning')
    ? [{ type: part['type'], text }]
    : []
}
