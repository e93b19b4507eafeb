import { stripControls } from '../ingest/clean-line.ts'

const REFUSAL =
  /^\W*(?:I(?:'m| am) (?:sorry|afraid|unable|not able)|(?:sorry|unfortunately),? (?:but )?I\b|I (?:can(?:no|')t|cannot|won't|will not|must decline|apologi[sz]e)\b|as an ai\b)/i
const CALL =
  /^\s*(?:<(?:tool_call|function_call|function_calls|invoke|tool_use)\b|\[?\s*\{\s*"(?:tool|tool_calls|function|name|action|recipient_name)"\s*:|(?:functions?|tools?)\.\w+\s*\(|```(?:tool|json)?\s*\[?\s*\{\s*"(?:tool|name|function)"|call:\w+\s*\{|Action:\s*\w+)/

/** Answers that are no summary at all. Null for those worth reading sentence by sentence. */
export function rejectAnswer(text: string): 'empty' | 'refusal' | 'tool-call' | 'malformed' | null {
  const answer = text.trim()
  if (answer === '') return 'empty'
  if (CALL.test(answer)) return 'tool-call'
  if (REFUSAL.test(answer.slice(0, 200).replace(/’/g, "'"))) return 'refusal'
  return malformed(answer) ? 'malformed' : null
}

/** Cut off or garbled: an open fence, an open root tag, JSON that does not parse, or text that is mostly not text. */
function malformed(answer: string): boolean {
  if (((answer.match(/^\s*```/gm) ?? []).length & 1) === 1) return true
  const root = /^<([a-z_][\w-]*)>/i.exec(answer)?.[1]
  if (root !== undefined && !answer.includes(`</${root}>`)) return true
  if (/^[[{]/.test(answer)) {
    try {
      JSON.parse(answer)
    } catch {
      return !/^\[[ x>-]\]/i.test(answer)
    }
    return true
  }
  return answer.length - stripControls(answer).replaceAll('\ufffd', '').length > answer.length / 50
}
