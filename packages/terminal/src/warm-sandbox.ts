import type { Launch, Sandbox } from '@cairn/guard'
import { realpathSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Child } from './process/child.ts'
import type { Fifo, FifoPool } from './process/fifo-pool.ts'
import { quote } from './process/quote.ts'
import type { Spawner } from './process/spawner.ts'
import { startPiped } from './process/start-piped.ts'

interface Warm {
  launch: Launch
  child: Child
  command: Socket
  ended: boolean
}

export interface WarmRequest {
  command: string
  cwd: string
  env: Record<string, string>
}

/**
 * Keeps one sandbox started ahead: a shell inside that waits to read what to run from a pipe, becomes that, and never
 * serves a second command. It is used only where a launch made now would draw the very same boundary, so a change of
 * the protected files since it was started means a cold start.
 */
export const createWarmSandbox = (sandbox: Sandbox, fifos: FifoPool, spawner: Spawner) => {
  let ready: Warm | null = null
  let scheduled: NodeJS.Immediate | null = null
  let closed = false

  // The command's pipe comes after the descriptors of the launch, of which the first launch tells the number.
  let fd = 3
  const waiting = (): Launch => {
    const launch = sandbox.launch({ argv: ['/bin/bash', '-c', waitScript(fd)], cwd: sandbox.workspace })
    const free = 3 + launch.fds.length
    if (free === fd) return launch
    fd = free
    return waiting()
  }

  const start = () => {
    scheduled = null
    if (closed || ready !== null) return
    const pipe = fifos.open('child')
    if (pipe === null) return
    const launch = waiting()
    const child = startPiped(launch, { stdin: false, fifos, spawner, command: pipe })
    const warm = { launch, child, command: writerOf(pipe), ended: false }
    void child.ended.then(() => {
      warm.ended = true
      warm.command.destroy()
    })
    ready = warm
  }

  const discard = async (warm: Warm) => {
    warm.child.force()
    await warm.child.ended
  }

  return {
    /** Starts the next one, once the current work of the event loop is done. */
    prepare() {
      if (!closed && ready === null) scheduled ??= setImmediate(start)
    },
    /** The waiting sandbox, now running this command; null where none fits. */
    run(request: WarmRequest): Child | null {
      const warm = ready
      const cwd = folderIn(sandbox.workspace, request.cwd)
      if (warm === null || closed || cwd === null) return null
      const script = scriptOf({ ...request, cwd }, fd)
      if (script.length > longest || script.includes('\0')) return null
      ready = null
      if (warm.ended || !isSame(warm.launch, waiting())) {
        void discard(warm)
        return null
      }
      // Not closed: the other end may not be open yet, and opening it would wait for somebody who writes.
      warm.command.write(`${script}\0`)
      return warm.child
    },
    async close() {
      closed = true
      if (scheduled !== null) clearImmediate(scheduled)
      if (ready !== null) await discard(ready)
      ready = null
    },
  }
}

const writerOf = (pipe: Fifo): Socket => {
  const socket = new Socket({ fd: pipe.write, readable: false, writable: true })
  socket.on('error', () => {})
  return socket
}

/** The real path of a folder in the workspace; null for any other, which a cold start then refuses. */
const folderIn = (workspace: string, cwd: string): string | null => {
  try {
    const real = realpathSync(cwd)
    return real === workspace || real.startsWith(`${workspace}/`) ? real : null
  } catch {
    return null
  }
}

const isSame = (a: Launch, b: Launch): boolean =>
  a.view === b.view &&
  a.file === b.file &&
  a.args.length === b.args.length &&
  a.args.every((arg, index) => arg === b.args[index])

/** A shell takes a pipe byte by byte, so a long command starts faster cold. */
const longest = 4096

/**
 * Opening `/dev/fd/N` again, as `.` does, would block for ever where the writer has already written and gone; `read` uses
 * the descriptor that it has.
 */
const waitScript = (fd: number) => `IFS= read -r -d '' -u ${fd} script; eval "$script"`

/** What the waiting shell reads: it sets the scene as a cold start would, then gives way to the command's own shell. */
const scriptOf = ({ command, cwd, env }: WarmRequest, fd: number): string => {
  const lines = [`cd -- ${quote(cwd)} || exit 125`, 'unset OLDPWD']
  for (const [name, value] of Object.entries(env)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/u.test(name)) lines.push(`export ${name}=${quote(value)}`)
  }
  return [...lines, `exec /bin/bash -c ${quote(command)} ${fd}<&-`, ''].join('\n')
}
