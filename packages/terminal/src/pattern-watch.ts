import { createContext, Script } from 'node:vm'

/** A pattern sees at most this much text at once: enough for a prompt or a "listening on" line. */
const windowBytes = 8 * 1024
const stepBytes = 64 * 1024
/** A pattern that needs longer for one look is given up: it came from a model, and the process must go on. */
const lookMs = 250

const look = new Script('matcher.test(text)')

/** Looks for a pattern in output as it streams, over a sliding window: no match can span more than 8 KiB. */
export const createPatternWatch = (pattern: RegExp) => {
  const matcher = new RegExp(pattern.source, pattern.flags.replace(/[gy]/gu, ''))
  const decoder = new TextDecoder()
  // Only a script can be given a time limit.
  const context = createContext({ matcher, text: '' })
  let kept = ''
  let givenUp = false
  return (chunk: Buffer): boolean => {
    for (let at = 0; at < chunk.length && !givenUp; at += stepBytes) {
      const text = kept + decoder.decode(chunk.subarray(at, at + stepBytes), { stream: true })
      context['text'] = text
      try {
        if (look.runInContext(context, { timeout: lookMs }) === true) return true
      } catch {
        givenUp = true
      }
      kept = text.slice(-windowBytes)
    }
    return false
  }
}
