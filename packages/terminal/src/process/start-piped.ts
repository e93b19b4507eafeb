import type { Launch } from '@cairn/guard'
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Child, Ending } from './child.ts'
import { outlet } from './child.ts'
import type { Fifo, FifoPool } from './fifo-pool.ts'

/** How long output is waited for after the process has ended, while somebody else keeps the pipe open. */
const lateOutputMs = 1000

/**
 * Starts a process with pipes, in a session of its own. Standard output and error share one pipe, so that their order
 * is kept. `command` is one more pipe to read from in the child, as the descriptor after those of the launch.
 */
export const startPiped = (
  launch: Launch,
  options: { stdin: boolean; fifos: FifoPool; command?: Fifo },
): Child => {
  const { fifos, command } = options
  const out = fifos.open('here')
  const input = options.stdin ? fifos.open('child') : null
  const given: number[] = []
  const open = (path: string) => {
    const fd = openSync(path, 'r')
    given.push(fd)
    return fd
  }
  const { push, listen } = outlet()
  const stdin = input?.read ?? (options.stdin ? 'pipe' : 'ignore')
  const stdout = out?.write ?? 'pipe'
  const extra = launch.fds.toSorted((a, b) => a.fd - b.fd).map(({ path }) => open(path))
  if (command !== undefined) extra.push(command.read)
  const child = spawn(launch.file, launch.args, {
    cwd: launch.cwd,
    env: launch.env,
    detached: true,
    stdio: [stdin, stdout, stdout, ...extra],
  })
  for (const fd of [...given, out?.write, input?.read, command?.read]) if (fd !== undefined) closeSync(fd)

  const reader = out === null ? null : new Socket({ fd: out.read, readable: true, writable: false })
  const writer =
    input === null ? child.stdin : new Socket({ fd: input.write, readable: false, writable: true })
  // A command that does not read all of its input is no error of ours.
  writer?.on('error', () => {})

  const ended = new Promise<Ending>((resolve) => {
    let ending: Ending | null = null
    let open = 0
    let timer: NodeJS.Timeout | null = null
    const settle = (clean: boolean) => {
      if (ending === null) return
      if (timer !== null) clearTimeout(timer)
      reader?.destroy()
      writer?.destroy()
      if (out !== null) fifos.release(out, clean)
      if (input !== null) fifos.release(input, clean)
      if (command !== undefined) fifos.release(command, clean)
      resolve(ending)
    }
    const end = (value: Ending) => {
      ending ??= value
      if (open === 0) settle(true)
      else timer ??= setTimeout(() => settle(false), lateOutputMs)
    }
    for (const stream of [reader, child.stdout, child.stderr]) {
      if (stream === null) continue
      open++
      stream.on('data', push)
      stream.on('error', () => {})
      stream.on('close', () => {
        open--
        if (open === 0) settle(true)
      })
    }
    child.on('error', (error) => {
      push(Buffer.from(`${error.message}\n`))
      end({ exit: 127, signal: null })
    })
    child.on('exit', (exit, signal) => end({ exit, signal }))
  })
  return {
    pid: child.pid ?? -1,
    ended,
    listen,
    write: (text) => writer?.write(text),
  }
}
