import type { Launch } from '@cairn/guard'
import { constants } from 'node:os'
import type { Child, Ending } from './child.ts'
import { outlet } from './child.ts'
import { askToEnd, forceEnd } from './process-tree.ts'

/** A process in a terminal of its own. */
export interface TerminalChild extends Child {
  pause(): void
  resume(): void
}

/** Starts a process in a new terminal. The module with native code is loaded only here. */
export const startInTerminal = async (
  launch: Launch,
  size: { rows: number; cols: number },
): Promise<TerminalChild> => {
  const { spawn } = await import('@lydell/node-pty')
  const { file, args } = withDescriptors(launch)
  // Latin-1 keeps every byte as one character; the default would decode chunk by chunk.
  const pty = spawn(file, args, {
    ...size,
    cwd: launch.cwd,
    env: launch.env,
    encoding: 'latin1',
    name: 'xterm-256color',
  })
  const { push, listen } = outlet()
  pty.onData((text) => push(Buffer.from(text, 'latin1')))
  const ended = new Promise<Ending>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      if (signal === undefined || signal === 0) resolve({ exit: exitCode, signal: null })
      else resolve({ exit: null, signal: signalName(signal) })
    })
  })
  return {
    pid: pty.pid,
    ended,
    listen,
    write: (text) => pty.write(text),
    ask: () => askToEnd(pty.pid),
    force: () => forceEnd(pty.pid),
    pause: () => pty.pause(),
    resume: () => pty.resume(),
  }
}

/** A terminal cannot hand on open files: a shell opens them by name on the way. */
const withDescriptors = (launch: Launch): { file: string; args: string[] } => {
  if (launch.fds.length === 0) return launch
  const opens = launch.fds.map(({ fd }, index) => `exec ${fd}<"$${index + 1}"`)
  const script = [...opens, `shift ${launch.fds.length}`, 'exec "$@"'].join('; ')
  return {
    file: '/bin/sh',
    args: ['-c', script, 'sh', ...launch.fds.map(({ path }) => path), launch.file, ...launch.args],
  }
}

export const signalName = (number: number): string | null =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null
