import { spawn } from 'node:child_process'
import type { StartedWorker } from '@cairn/campaigns'
import type { Invocation } from '../command.ts'

/** Options of a run that its workers need too. */
const PASSED_ON = ['fleet', 'model', 'base-url', 'wire', 'context-window']
/** A worker that was told to stop and does not is ended. */
const PATIENCE_MS = 10_000

/** Starts this very program as a worker of one campaign. It leaves when this process is gone. */
export function startWorker({ values, io }: Invocation, campaign: string): StartedWorker {
  const [, program = ''] = process.argv
  const options = PASSED_ON.flatMap((name) => {
    const value = values[name]
    return typeof value === 'string' ? [`--${name}`, value] : []
  })
  const child = spawn(
    process.execPath,
    [...process.execArgv, program, 'fleet', 'worker', '--campaign', campaign, ...options],
    { env: io.env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  )
  const ended = new Promise<'left' | 'killed'>((resolve) => {
    child.once('exit', (code) => resolve(code === null ? 'killed' : 'left'))
    child.once('error', () => resolve('left'))
  })
  return {
    ended,
    drain: () => void child.kill('SIGTERM'),
    stop() {
      child.kill('SIGINT')
      const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
      void ended.then(() => clearTimeout(patience))
    },
  }
}
