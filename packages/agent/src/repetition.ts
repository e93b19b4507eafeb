import { createHash } from 'node:crypto'

/** What to do about a call that was made before with the same result: nothing, tell the model, or stop. */
export type RepetitionVerdict = { kind: 'fine' } | { kind: 'warn' | 'stop'; times: number }

/** A model may repeat itself, for example to poll; it is told at these counts and stopped at the last one. */
const WARN_AT = new Set([4, 10, 20, 30])
const STOP_AT = 40

/** Watches for the same calls with the same results, step after step. Waiting for a process never counts. */
export function createRepetitionWatch(): {
  see(calls: readonly { tool: string; args: string; output: string }[]): RepetitionVerdict
} {
  let last = ''
  let times = 0
  return {
    see(calls) {
      const digest = createHash('sha256')
      for (const call of calls)
        digest.update(call.tool).update('\0').update(call.args).update('\0').update(call.output).update('\0')
      const mark = digest.digest('hex')
      times = mark === last ? times + 1 : 1
      last = mark
      if (times >= STOP_AT) return { kind: 'stop', times }
      return WARN_AT.has(times) ? { kind: 'warn', times } : { kind: 'fine' }
    },
  }
}
