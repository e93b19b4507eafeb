import type { AssistantPart } from '@cairn/journal'
import {
  argumentsOf,
  countOf,
  listOf,
  objectOf,
  textOrNull,
  timeOf,
  type ImportedSession,
} from './imported-session.ts'

/** Texts that the program puts between what people say. */
const OWN_WORDS = /^\s*<(?:local-command-|command-|system-reminder)/u

/** Marks of lines that are no part of the main conversation: sub-agents, notes of the program, summaries, its errors. */
const ASIDE = ['isSidechain', 'isMeta', 'isCompactSummary', 'isApiErrorMessage']

type Lines = readonly { [key: string]: unknown }[]

/** Reads a transcript of Claude Code (`~/.claude/projects/…/ID.jsonl`); null where the lines are none. */
export function readClaudeCode(lines: Lines): ImportedSession | null {
  const spoken = lines.filter(
    ({ type, message }) => (type === 'user' || type === 'assistant') && message !== undefined,
  )
  if (!spoken.some((line) => typeof line['sessionId'] === 'string' || typeof line['uuid'] === 'string'))
    return null
  const session: ImportedSession = {
    source: 'claude-code',
    session: textOrNull(spoken[0]?.['sessionId']),
    agent: 'Claude Code',
    title:
      lines
        .map((line) => (line['type'] === 'summary' ? textOrNull(line['summary']) : null))
        .findLast((title) => title !== null) ?? null,
    model: null,
    steps: [],
    leftOut: 0,
  }
  let answering: string | null = null
  for (const line of spoken) {
    if (ASIDE.some((mark) => line[mark] === true)) {
      session.leftOut += 1
      continue
    }
    const time = timeOf(line['timestamp'])
    const message = objectOf(line['message'])
    if (line['type'] === 'user') {
      answering = null
      addUser(session, message['content'], time)
      continue
    }
    const id = textOrNull(message['id'])
    const parts = partsOf(session, message['content'])
    const last = session.steps.at(-1)
    // One answer is written as several lines, one for each of its parts.
    if (id !== null && id === answering && last?.type === 'answer') last.parts.push(...parts)
    else {
      const model = textOrNull(message['model'])
      session.model ??= model
      const usage = objectOf(message['usage'])
      const cached = countOf(usage['cache_read_input_tokens'])
      const written = countOf(usage['cache_creation_input_tokens'])
      session.steps.push({
        type: 'answer',
        time,
        model,
        parts,
        usage: {
          input: countOf(usage['input_tokens']) + cached + written,
          cachedInput: cached,
          cacheWrite: written,
          output: countOf(usage['output_tokens']),
          reasoning: 0,
        },
      })
    }
    answering = id
  }
  return session
}

function addUser(session: ImportedSession, content: unknown, time: number | null): void {
  if (typeof content === 'string') return addMessage(session, content, time)
  const texts: string[] = []
  for (const each of listOf(content)) {
    const block = objectOf(each)
    if (block['type'] === 'tool_result')
      session.steps.push({
        type: 'result',
        time,
        call: textOrNull(block['tool_use_id']) ?? '',
        ok: block['is_error'] !== true,
        output: resultText(session, block['content']),
      })
    else if (typeof block['text'] === 'string') texts.push(block['text'])
    else session.leftOut += 1
  }
  if (texts.length > 0) addMessage(session, texts.join('\n\n'), time)
}

function addMessage(session: ImportedSession, text: string, time: number | null): void {
  if (text.trim() === '' || OWN_WORDS.test(text)) session.leftOut += 1
  else session.steps.push({ type: 'message', time, text })
}

function partsOf(session: ImportedSession, content: unknown): AssistantPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return listOf(content).flatMap((each): AssistantPart[] => {
    const block = objectOf(each)
    if (typeof block['text'] === 'string') return [{ type: 'text', text: block['text'] }]
    if (typeof block['thinking'] === 'string') return [{ type: 'reasoning', text: block['thinking'] }]
    if (block['type'] === 'tool_use')
      return [
        {
          type: 'call',
          id: textOrNull(block['id']) ?? '',
          tool: textOrNull(block['name']) ?? '',
          args: argumentsOf(block['input']),
        },
      ]
    session.leftOut += 1
    return []
  })
}

function resultText(session: ImportedSession, content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .flatMap((each) => {
      const text = textOrNull(objectOf(each)['text'])
      if (text === null) session.leftOut += 1
      return text === null ? [] : [text]
    })
    .join('\n')
}
