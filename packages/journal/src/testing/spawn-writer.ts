import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const script = fileURLToPath(new URL('writer-process.ts', import.meta.url))

/** What a writer process has said so far. */
interface Said {
  fence?: number
  acknowledged?: number
  code?: string
}

/** A running writer process. */
export interface WriterProcess {
  child: ChildProcess
  /** Lines as objects. A line that a kill cut off is left out. */
  said(): Said[]
  /** Resolves at the first line that fits. */
  until(fits: (said: Said) => boolean): Promise<Said>
  ended: Promise<unknown>
}

/** Starts `writer-process.ts`; `limitBlocks` limits the size of its files, in units of the shell's `ulimit -f`. */
export function spawnWriter(
  path: string,
  task: 'hold' | 'leave' | 'append',
  limitBlocks?: number,
): WriterProcess {
  const command = [process.execPath, script, path, 'session', task]
  const child =
    limitBlocks === undefined
      ? spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
      : spawn('sh', ['-c', `ulimit -f ${limitBlocks}; exec "$@"`, 'sh', ...command], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  let output = ''
  const waiting: (() => void)[] = []
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
    for (const wake of waiting) wake()
  })
  const said = (): Said[] =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line): Said => JSON.parse(line))
  return {
    child,
    said,
    ended,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = said().find(fits)
          if (found !== undefined) resolve(found)
        }
        waiting.push(look)
        look()
        void ended.then(() => reject(new Error(`The writer ended without it: ${output}`)))
      }),
  }
}
