import type { Launch } from '@cairn/guard'
import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { Child, Ending } from './child.ts'
import { outlet } from './child.ts'
import type { Fifo, FifoPool } from './fifo-pool.ts'
import { askToEnd, childrenOf, forceEnd } from './process-tree.ts'
import type { Spawner } from './spawner.ts'
import { startDirectly } from './start-directly.ts'

/** How long output is waited for after the process has ended, while somebody else keeps the pipe open. */
const lateOutputMs = 1000

/**
 * Starts a process with pipes, in a process group of its own: by the spawner, else directly. Standard output and error
 * share one pipe, so that their order is kept. `command` is one more pipe to read from in the child, as the descriptor
 * after those of the launch.
 */
export const startPiped = (
  launch: Launch,
  options: { stdin: boolean; fifos: FifoPool; spawner: Spawner; command?: Fifo },
): Child => {
  const { fifos, spawner, command } = options
  const { push, listen } = outlet()
  const ending = Promise.withResolvers<Ending>()
  const input = options.stdin ? fifos.open('child') : null
  let writer: { write(text: string): unknown; destroy(): unknown } | null = null
  if (input !== null) {
    const socket = new Socket({ fd: input.write, readable: false, writable: true })
    // A command that does not read all of its input is no error of ours.
    writer = socket.on('error', () => {})
  }
  let pid = -1
  /** Whether the process is a child of the spawner, which has the launcher as its only child. */
  let kept = false
  let wanted: NodeJS.Signals | null = null
  let result: Ending | null = null
  let settled = false

  const signal = () => {
    if (pid === -1 || settled || wanted === null) return
    if (wanted === 'SIGKILL') forceEnd(pid)
    else askToEnd(kept ? (childrenOf(pid)[0] ?? pid) : pid)
  }
  const started = (number: number, byShell: boolean) => {
    pid = number
    kept = byShell
    signal()
  }

  /** Reads until the end of the output and of the process. */
  const collect = (readers: readonly Readable[], out: Fifo | null, onEnd: () => boolean) => {
    let open = readers.length
    let timer: NodeJS.Timeout | null = null
    const settle = (clean: boolean) => {
      if (result === null || settled) return
      settled = true
      if (timer !== null) clearTimeout(timer)
      for (const reader of readers) reader.destroy()
      writer?.destroy()
      for (const fifo of [out, input, command]) if (fifo) fifos.release(fifo, clean)
      ending.resolve(result)
    }
    for (const reader of readers) {
      reader.on('data', push)
      reader.on('error', () => {})
      reader.on('close', () => {
        open--
        if (open === 0 && onEnd()) settle(true)
      })
    }
    return (value: Ending) => {
      result ??= value
      if (open === 0) settle(true)
      else timer ??= setTimeout(() => settle(false), lateOutputMs)
    }
  }

  const direct = () => {
    const out = fifos.open('here')
    const child = startDirectly(launch, {
      stdin: input?.read ?? (options.stdin ? 'pipe' : 'ignore'),
      stdout: out?.write ?? 'pipe',
      command: command?.read ?? null,
    })
    for (const fd of [out?.write, input?.read, command?.read]) if (fd !== undefined) closeSync(fd)
    if (child.stdin !== null) writer = child.stdin.on('error', () => {})
    const own = out === null ? null : new Socket({ fd: out.read, readable: true, writable: false })
    const readers = [own, child.stdout, child.stderr].filter((stream) => stream !== null)
    const end = collect(readers, out, () => true)
    child.on('error', (error) => {
      push(Buffer.from(`${error.message}\n`))
      end({ exit: 127, signal: null })
    })
    child.on('exit', (exit, by) => end({ exit, signal: by }))
    started(child.pid ?? -1, false)
  }

  const byShell = (out: Fifo): boolean => {
    const streams = { stdin: input?.path ?? null, stdout: out.path, command: command?.path ?? null }
    if (options.stdin && input === null) return false
    let holds = true
    const letGo = () => {
      if (holds) closeSync(out.write)
      holds = false
    }
    const forget = spawner.start(
      { launch, ...streams },
      {
        started(number) {
          letGo()
          for (const fd of [input?.read, command?.read]) if (fd !== undefined) closeSync(fd)
          started(number, true)
        },
        exited: (exit) => end({ exit, signal: null }),
        refused: letGo,
      },
    )
    if (forget === null) return false
    const reader = new Socket({ fd: out.read, readable: true, writable: false })
    // The shell has the output open as long as it lives, so its end without a report is the end of the shell; a report
    // has been read by the next turn of the event loop, since it was written before.
    const end = collect([reader], out, () => {
      setImmediate(() => {
        forget()
        if (pid === -1 && wanted === null) direct()
        else end({ exit: null, signal: wanted ?? 'SIGKILL' })
      })
      return false
    })
    return true
  }

  const out = fifos.open('here')
  if (out === null || !byShell(out)) {
    if (out !== null) {
      closeSync(out.read)
      closeSync(out.write)
      fifos.release(out, true)
    }
    direct()
  }
  return {
    get pid() {
      return pid
    },
    ended: ending.promise,
    listen,
    write: (text) => writer?.write(text),
    ask() {
      wanted ??= 'SIGTERM'
      signal()
    },
    force() {
      wanted = 'SIGKILL'
      signal()
    },
  }
}
