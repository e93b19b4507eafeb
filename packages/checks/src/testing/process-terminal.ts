import { spawn } from 'node:child_process'
import { relative, join } from 'node:path'
import type { Capture, ExecOutcome, ExecRequest, Terminal } from '@cairn/terminal'

/** A terminal on plain processes, without a sandbox: an overlay is entered as working folder instead of being mounted. */
export function createProcessTerminal(root: string): Terminal & { commands: string[] } {
  const commands: string[] = []
  const running = new Set<number>()
  const refuse = (): never => {
    throw new Error('not part of this terminal')
  }
  return {
    commands,
    exec(request) {
      commands.push(request.command)
      return run(request, root, running)
    },
    write: refuse,
    wait: refuse,
    async kill() {},
    list: () => [],
    onExit() {},
    async close() {
      for (const pid of running) process.kill(-pid, 'SIGKILL')
    },
  }
}

function run(request: ExecRequest, root: string, running: Set<number>): Promise<ExecOutcome> {
  const { command, cwd, overlay, env, timeoutMs = 60_000 } = request
  const started = performance.now()
  const folder = overlay === undefined ? cwd : join(overlay, relative(root, cwd))
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, VITEST: ___, ...inherited } = process.env
  const child = spawn('bash', ['-c', command], {
    cwd: folder,
    env: { ...inherited, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = child.pid
  if (pid !== undefined) running.add(pid)
  let text = ''
  let cause: ExecOutcome['cause'] = 'exit'
  const add = (chunk: Buffer): void => {
    text += chunk.toString()
  }
  child.stdout.on('data', add)
  child.stderr.on('data', add)
  const timer = setTimeout(() => {
    cause = 'timeout'
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  }, timeoutMs)
  return new Promise((resolve) => {
    child.on('close', (exit, signal) => {
      clearTimeout(timer)
      if (pid !== undefined) running.delete(pid)
      const output = capture(text)
      resolve({
        id: '1',
        running: false,
        exit,
        signal,
        cause,
        output,
        screen: null,
        ms: performance.now() - started,
      })
    })
  })
}

function capture(text: string): Capture {
  return {
    bytes: text.length,
    lines: text.split('\n').length,
    head: text,
    tail: '',
    complete: true,
    windows: [],
    blob: null,
  }
}
