import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { StartedWorker } from '../coordinate/worker-crew.ts'
import type { WorkerSettings } from './worker-process.ts'

/** Starts `worker-process.ts`. `execArgv`: options of Node; `env`: besides that of this process. */
export function spawnWorker(
  settings: WorkerSettings,
  execArgv: readonly string[] = [],
  env: Record<string, string> = {},
): { child: ChildProcess; worker: StartedWorker } {
  const program = join(import.meta.dirname, 'worker-process.ts')
  const child = spawn(process.execPath, [...execArgv, program, JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  })
  const ended = new Promise<'left' | 'killed'>((resolve) => {
    child.once('exit', (code) => resolve(code === null ? 'killed' : 'left'))
  })
  const worker = {
    ended,
    drain: () => void child.kill('SIGTERM'),
    stop: () => void child.kill('SIGKILL'),
  }
  return { child, worker }
}
