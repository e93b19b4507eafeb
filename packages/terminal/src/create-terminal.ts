import type { BlobStore } from '@cairn/journal'
import type { Sandbox } from '@cairn/guard'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { createOutputCapture } from './capture/output-capture.ts'
import type { OutputTransform } from './capture/output-transform.ts'
import { createSpool } from './capture/spool.ts'
import type { Child } from './process/child.ts'
import { createFifoPool } from './process/fifo-pool.ts'
import { RunningProcess } from './process/running-process.ts'
import { createSpawner } from './process/spawner.ts'
import { startInTerminal } from './process/start-in-terminal.ts'
import { startPiped } from './process/start-piped.ts'
import { createScreen } from './screen.ts'
import type { Screen } from './screen.ts'
import type { ExecOutcome, ExecRequest, ProcessInfo, Terminal } from './terminal.ts'
import { TerminalError } from './terminal-error.ts'
import { createWarmSandbox } from './warm-sandbox.ts'

export interface TerminalOptions {
  sandbox: Sandbox
  /** Where whole outputs go that are longer than a capture shows; null keeps head and tail only. */
  blobs: BlobStore | null
  /** The host's environment: where `mkfifo` is looked for. Commands get theirs from the sandbox. */
  env: Record<string, string | undefined>
  /** Milliseconds. */
  now: () => number
  /** For outputs on their way to a blob, and named pipes. Must be hidden from commands. */
  spoolDir: string
  /** Bytes after which a process is ended. Default 1 GiB. */
  outputLimit?: number
  /** Made for each process: takes secrets out of its output. `until` is still matched against what was printed. */
  transform?: () => OutputTransform
  /** Whether a sandbox is started ahead of the next command. Default true. */
  warm?: boolean
}

const defaultYieldMs = 10_000
const defaultTimeoutMs = 600_000
/** Ended processes that stay addressable. */
const keepEnded = 64
/** A screen that has this much to work on makes its process wait. */
const screenBacklog = 1 << 18

/** Runs commands in a sandbox and owns every process it starts. Nothing is started before the first `exec`. */
export const createTerminal = (options: TerminalOptions): Terminal => {
  const { sandbox, blobs, now, spoolDir } = options
  const outputLimit = options.outputLimit ?? 2 ** 30
  const fifos = createFifoPool(spoolDir, findProgram('mkfifo', options.env['PATH']))
  const spawner = createSpawner({ bash: '/bin/bash', onGone: () => fifos.renew() })
  const warm = createWarmSandbox(sandbox, fifos, spawner)
  const processes = new Map<string, RunningProcess>()
  const listeners: ((info: ProcessInfo) => void)[] = []
  let count = 0
  let spools = 0
  let closed = false

  const newCapture = () =>
    createOutputCapture(() =>
      blobs === null ? null : createSpool(spoolDir, `output-${process.pid}-${now()}-${spools++}`, blobs),
    )

  const start = async (request: ExecRequest): Promise<{ child: Child; screen: Screen | null }> => {
    const { command, cwd, pty, overlay } = request
    const env = { TERM: pty === undefined ? 'dumb' : 'xterm-256color', ...request.env }
    const shared = { cwd, env, ...(overlay === undefined ? {} : { overlay }) }
    if (pty === undefined && overlay === undefined && request.stdin !== true) {
      const child = warm.run({ command, cwd, env })
      if (child !== null) return { child, screen: null }
    }
    if (pty === undefined) {
      const launch = sandbox.launch({ ...shared, argv: ['/bin/bash', '-c', command] })
      return { child: startPiped(launch, { stdin: request.stdin ?? false, fifos, spawner }), screen: null }
    }
    // An interactive shell around the command's own puts that in a foreground group, so that Ctrl-C does not reach the
    // launcher. (`-m` alone stops itself when the group it starts in belongs to another PID namespace.)
    const argv = ['/bin/bash', '--norc', '-ic', '/bin/bash -c "$1"', 'bash', command]
    const launch = sandbox.launch({ ...shared, argv, terminal: true })
    const child = await startInTerminal(launch, pty)
    const screen = await createScreen(pty, (text) => child.write(text))
    const listen = (onData: (chunk: Buffer) => void) =>
      child.listen((chunk) => {
        screen.feed(chunk, () => {
          if (screen.pending < screenBacklog) child.resume()
        })
        if (screen.pending >= screenBacklog) child.pause()
        onData(chunk)
      })
    return { child: { ...child, listen }, screen }
  }

  const find = (id: string): RunningProcess => {
    const found = processes.get(id)
    if (found !== undefined) return found
    throw new TerminalError(
      'no-process',
      `No process has the handle ${id}`,
      'Use a handle that exec returned.',
    )
  }

  const forgetOldest = () => {
    const ended = [...processes.values()].filter((process) => !process.running)
    for (const process of ended.slice(0, Math.max(0, ended.length - keepEnded))) {
      processes.delete(process.id)
      void process.destroy()
    }
  }

  const announce = (process: RunningProcess, outcome: ExecOutcome): ExecOutcome => {
    if (outcome.running) {
      void process.done.then(() => {
        if (!closed) for (const listener of listeners) listener(process.info())
      })
    }
    return outcome
  }

  return {
    async exec(request) {
      if (closed) throw new TerminalError('closed', 'The terminal is closed', 'Start a new session.')
      const { child, screen } = await start(request)
      if (options.warm !== false) warm.prepare()
      const process = new RunningProcess({
        id: `p${++count}`,
        command: request.command,
        child,
        screen,
        newCapture,
        transform: options.transform?.() ?? null,
        outputLimit,
        timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
        now,
      })
      processes.set(process.id, process)
      forgetOldest()
      // An abort ends the command, and control comes back when it is gone.
      const abort = () => process.stop('aborted')
      request.signal?.addEventListener('abort', abort)
      if (request.signal?.aborted === true) abort()
      const outcome = await process.next({
        yieldMs: request.yieldMs ?? defaultYieldMs,
        ...(request.until === undefined ? {} : { until: request.until }),
      })
      request.signal?.removeEventListener('abort', abort)
      return announce(process, outcome)
    },
    async write(id, text, wait = {}) {
      const process = find(id)
      process.write(text)
      return process.next({ ...wait, yieldMs: wait.yieldMs ?? defaultYieldMs })
    },
    wait: async (id, wait = {}) => find(id).next({ ...wait, yieldMs: wait.yieldMs ?? defaultYieldMs }),
    async kill(id) {
      const process = find(id)
      process.stop(null)
      await process.done
    },
    list: () => [...processes.values()].map((process) => process.info()),
    onExit: (listener) => void listeners.push(listener),
    async close() {
      closed = true
      const ends = [...processes.values()].map((process) => process.destroy())
      await Promise.all([warm.close(), ...ends, spawner.close()])
      fifos.close()
    },
  }
}

const findProgram = (name: string, path: string | undefined): string | null => {
  for (const folder of [
    '/usr/bin',
    '/bin',
    ...(path ?? '').split(':').filter((entry) => entry.startsWith('/')),
  ]) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // Not here.
    }
  }
  return null
}
