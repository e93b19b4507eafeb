import type { Launch } from '@cairn/guard'
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client'
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { AgentError } from '../errors.ts'

/** Of one message, and of what was printed since the last request was sent. */
const MOST_BYTES = 8 << 20
const MOST_STRAY_LINES = 200
const KEPT_ERRORS = 2_000
const GRACE_MS = 500

const kill = (child: ChildProcess, signal: NodeJS.Signals) => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // It is gone already.
  }
}

/** A transport that can say what the server printed as errors. */
export interface StdioTransport extends Transport {
  errors(): string
  /** Why it was ended, where it did not end by itself. */
  failure(): string | null
  /** Ends it at once, without the grace that `close` gives. */
  kill(): void
}

/**
 * Talks to a server that runs inside the sandbox, one JSON message a line. A server that floods is ended: more than 8 MiB
 * between two requests, or 200 lines that are no message.
 */
export function createStdioTransport(
  launch: () => Launch,
  parse: (value: unknown) => JSONRPCMessage,
): StdioTransport {
  let child: ChildProcess | null = null
  let ended: Promise<void> = Promise.resolve()
  let rest: Buffer[] = []
  let size = 0
  let since = 0
  let stray = 0
  let errors = ''
  let failure: string | null = null
  const fail = (message: string) => {
    failure ??= message
    transport.onerror?.(new AgentError('mcp-server', message, 'See `cairn mcp list`.'))
    if (child !== null) kill(child, 'SIGKILL')
  }
  const take = (line: string) => {
    if (line.trim() === '') return
    let message: JSONRPCMessage
    try {
      message = parse(JSON.parse(line))
    } catch {
      stray += 1
      if (stray > MOST_STRAY_LINES) fail('it prints lines that are no messages')
      return
    }
    transport.onmessage?.(message)
  }
  const read = (chunk: Buffer) => {
    since += chunk.length
    if (since > MOST_BYTES) return fail(`it printed more than ${MOST_BYTES >> 20} MiB without being asked`)
    for (let from = 0; ;) {
      const end = chunk.indexOf(10, from)
      const part = chunk.subarray(from, end < 0 ? undefined : end)
      rest.push(part)
      size += part.length
      if (end < 0) return
      const line = Buffer.concat(rest, size).toString('utf8')
      rest = []
      size = 0
      take(line)
      from = end + 1
    }
  }
  const transport: StdioTransport = {
    errors: () => errors,
    failure: () => failure,
    kill() {
      if (child !== null) kill(child, 'SIGKILL')
    },
    async start() {
      const { file, args, cwd, env, fds } = launch()
      const files = fds.toSorted((a, b) => a.fd - b.fd).map(({ path }) => openSync(path, 'r'))
      const started = ((): ChildProcess => {
        try {
          return spawn(file, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe', ...files] })
        } finally {
          for (const fd of files) closeSync(fd)
        }
      })()
      child = started
      ended = new Promise((resolve) => {
        const done = () => {
          resolve()
          transport.onclose?.()
        }
        started.once('close', done)
        started.once('error', done)
      })
      started.stdout?.on('data', read)
      started.stderr?.on('data', (chunk: Buffer) => {
        errors = (errors + chunk.toString('utf8')).slice(-KEPT_ERRORS)
      })
      // A server that is gone is found by its end.
      started.stdin?.on('error', () => undefined)
    },
    async send(message) {
      if (child?.stdin?.writable !== true)
        throw new AgentError('mcp-server', 'The server has ended', 'Try again.')
      since = 0
      child.stdin.write(`${JSON.stringify(message)}\n`)
    },
    async close() {
      if (child === null) return
      const closing = child
      closing.stdin?.end()
      const hard = setTimeout(() => kill(closing, 'SIGKILL'), GRACE_MS)
      await ended
      clearTimeout(hard)
      kill(closing, 'SIGKILL')
    },
  }
  return transport
}
