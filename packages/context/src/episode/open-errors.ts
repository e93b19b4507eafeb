import type { Event } from '@cairn/journal'
import { textTokens } from '../project/tokens.ts'
import { oneLine } from '../project/shorten.ts'
import { commandOf } from './episode.ts'

interface OpenError {
  seq: number
  /** What was called: the same call without an error closes it. */
  action: string
  text: string
}

/** Last error of each signature that nothing has resolved, oldest first. */
export type OpenErrors = Map<string, OpenError>

/** More open errors than this are noise; the oldest go. */
const MAX_OPEN = 24

const ERROR_LINE = /error|fail|exception|panic|not found|denied|cannot|refused|traceback/i

/** The line that tells what went wrong: the last that looks like an error, else the last. */
function errorLine(output: string): string {
  const lines = output.slice(-6_000).split('\n')
  const line = lines.findLast((text) => ERROR_LINE.test(text)) ?? lines.findLast((text) => text.trim() !== '')
  return oneLine(line ?? '', 240)
}

/** Error text without what differs between two runs of the same defect. */
function signature(line: string): string {
  return line
    .toLowerCase()
    .replace(/0x[0-9a-f]+|[0-9a-f]{8,}|\d+/g, '#')
    .replace(/\s+/g, ' ')
}

/** Takes the result of a call. A success closes the errors of the same call; refusals and losses are no errors. */
export function reduceOpenErrors(
  state: OpenErrors,
  event: Event<'tool.done'>,
  call: { tool: string; args: string } | null,
): void {
  const { body } = event
  const action = commandOf(body.tool, call?.args ?? '')
  if (body.ok) {
    for (const [key, error] of state) if (error.action === action) state.delete(key)
    return
  }
  if (body.lost) return
  const text = errorLine(body.output)
  const key = signature(text)
  state.delete(key)
  state.set(key, { seq: event.seq, action, text })
  const oldest = state.keys().next()
  if (state.size > MAX_OPEN && !oldest.done) state.delete(oldest.value)
}

/** Open errors as lines, newest kept where the budget is short. */
export function renderOpenErrors(state: OpenErrors, budget: number): string {
  const lines: string[] = []
  let left = budget
  for (const error of [...state.values()].toReversed()) {
    const line = `- e:${error.seq} \`${error.action}\`: ${error.text}\n`
    left -= textTokens(line)
    if (left < 0) break
    lines.unshift(line)
  }
  return lines.join('')
}
