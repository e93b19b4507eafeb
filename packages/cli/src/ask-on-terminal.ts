import type { ApprovalAnswer, Approver } from '@cairn/guard'
import { createInterface } from 'node:readline'
import { showRequest } from '@cairn/guard'

/** Keys struck before the question was there to read answer nothing. In milliseconds. */
const ARMING_MS = 1_000

/** Reads one line; rejects with the signal. */
function readLine(input: NodeJS.ReadableStream, signal: AbortSignal, now: () => number): Promise<string> {
  return new Promise((resolve, reject) => {
    const shownAt = now()
    const lines = createInterface({ input, terminal: false })
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', onAbort)
      lines.removeAllListeners()
      lines.close()
      input.pause()
      settle()
    }
    const onAbort = () => end(() => reject(new Error('the question was taken back')))
    lines.on('line', (line) => {
      if (now() - shownAt >= ARMING_MS) end(() => resolve(line))
    })
    lines.once('close', () => end(() => resolve('')))
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
  })
}

/** Asks the person at the terminal. Anything but `y` or `s` is a no; so is the end of the input. */
export function terminalApprover(deps: {
  input: NodeJS.ReadableStream
  write: (text: string) => void
  by: string
  now: () => number
}): Approver {
  return {
    async request(record, { signal }): Promise<ApprovalAnswer> {
      const { input, write, by, now } = deps
      const session = record.scopes.includes('session')
      write(`\n? An approval is needed\n${showRequest(record)}`)
      write(
        `Allow it? y: once${session ? ' · s: these very bytes for this session' : ''} · anything else: no\n> `,
      )
      const answer = (await readLine(input, signal, now)).trim().toLowerCase()
      if (answer === 'y' || answer === 'yes') return { decision: 'grant', by, scope: 'once' }
      if (session && answer === 's') return { decision: 'grant', by, scope: 'session' }
      return { decision: 'deny', by, reason: 'denied at the terminal' }
    },
  }
}
