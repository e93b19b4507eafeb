import type { Launch } from '@cairn/guard'
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

/** Of each of the two outputs, in bytes. */
const MOST_OUTPUT = 256 * 1024

/** How a command ended. */
export interface CommandEnd {
  /** Null where it was killed. */
  exit: number | null
  out: string
  err: string
  cause: 'exit' | 'timeout' | 'aborted' | 'failed'
}

function bounded() {
  const parts: Buffer[] = []
  let left = MOST_OUTPUT
  return {
    take(chunk: Buffer) {
      if (left <= 0) return
      parts.push(chunk.subarray(0, left))
      left -= chunk.length
    },
    text: () => Buffer.concat(parts).toString('utf8'),
  }
}

/**
 * Runs a prepared command to its end with a text on its standard input, outputs apart and bounded. Its whole process group is
 * gone afterwards. Never rejects.
 */
export function runCommand(
  launch: Launch,
  input: string,
  limits: { timeoutMs: number; signal: AbortSignal },
): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const out = bounded()
    const err = bounded()
    if (limits.signal.aborted) return resolve({ exit: null, out: '', err: '', cause: 'aborted' })
    const { file, args, cwd, env, fds } = launch
    let files: number[] = []
    let cause: CommandEnd['cause'] = 'exit'
    try {
      files = fds.toSorted((a, b) => a.fd - b.fd).map(({ path }) => openSync(path, 'r'))
      const child = spawn(file, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe', ...files] })
      const kill = () => {
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
        } catch {
          // It is gone already.
        }
      }
      const stop = (why: 'timeout' | 'aborted') => () => {
        cause = why
        kill()
      }
      const aborted = stop('aborted')
      const timer = setTimeout(stop('timeout'), limits.timeoutMs)
      limits.signal.addEventListener('abort', aborted, { once: true })
      const end = (exit: number | null) => {
        clearTimeout(timer)
        limits.signal.removeEventListener('abort', aborted)
        kill()
        resolve({ exit: cause === 'exit' ? exit : null, out: out.text(), err: err.text(), cause })
      }
      child.stdout?.on('data', out.take)
      child.stderr?.on('data', err.take)
      // A command that does not read its input may be gone before the text is.
      child.stdin?.on('error', () => undefined)
      child.stdin?.end(input)
      child.once('error', (error) => {
        cause = 'failed'
        err.take(Buffer.from(error.message))
        end(null)
      })
      // What a hook leaves behind holds its outputs open: the end of the command itself counts.
      child.once('exit', (exit) => {
        kill()
        child.once('close', () => end(exit))
      })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      resolve({ exit: null, out: '', err: message, cause: 'failed' })
    } finally {
      for (const fd of files) closeSync(fd)
    }
  })
}
