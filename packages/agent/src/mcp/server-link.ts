import type { CallToolResult } from '@modelcontextprotocol/client'
import { ForgottenSession, type McpConnection } from './connect-server.ts'
import { LoginNeeded } from './oauth/session-auth.ts'
import { readPin, setDamagedAside, toolsHash, writePin, type PinnedServer } from './pinned-tools.ts'
import { runsOf, type McpServer } from './server-config.ts'
import type { McpToolSpec } from './tool-list.ts'

/** Starts of one server in a session; one that ends again and again is left alone. */
const MOST_STARTS = 2
/** Sessions that a server over HTTP may forget, as one does that is deployed anew. */
const MOST_FORGOTTEN = 20

/** How a server stands: `idle` was not needed yet. */
type LinkState = 'idle' | 'starting' | 'up' | 'failed' | 'changed'

/** One server of a session, started when it is needed, and held against what it said when it was accepted. */
export interface ServerLink {
  readonly server: McpServer
  readonly state: LinkState
  /** As accepted; empty before the first use of a server that nobody knows yet. */
  readonly tools: readonly McpToolSpec[]
  /** Why it is not used; null where it can be. */
  readonly problem: string | null
  /** It is not used because somebody has to log in; another start may find that they did. */
  readonly wantsLogin: boolean
  /** Starts it where it is not up. Never rejects; see `state` and `problem`. */
  start(): Promise<void>
  call(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<CallToolResult>
  close(): Promise<void>
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The promise, or a rejection as soon as the signal says so. */
function until<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const stop = () => reject(new Error('cancelled'))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  return Promise.race([promise, ended]).finally(() => signal.removeEventListener('abort', stop))
}

/** One link to one server. `onTools`: what it offers is known, or is something else by now; `onProblem`: what a person should know. */
export function createServerLink(deps: {
  server: McpServer
  pins: string
  key: string
  connect: (signal: AbortSignal) => Promise<McpConnection>
  onTools: () => void
  onProblem: (text: string) => void
}): ServerLink {
  const { server, pins, key, onProblem } = deps
  const closing = new AbortController()
  let starts = MOST_STARTS
  let forgotten = 0
  let wantsLogin = false
  let state: LinkState = 'idle'
  let problem: string | null = null
  let connection: McpConnection | null = null
  let starting: Promise<void> | null = null
  let said: readonly McpToolSpec[] | null = null

  const loginText = (error: unknown) => `${reason(error)}: cairn mcp login ${server.name}`
  const tell = (next: LinkState, text: string) => {
    state = next
    if (problem === text) return
    problem = text
    if (!closing.signal.aborted) onProblem(`MCP server ${server.name} is not used: ${text}.`)
  }
  const readKnown = (): PinnedServer | null => {
    const pin = readPin(pins, key)
    if (pin !== 'damaged') return pin
    const aside = setDamagedAside(pins, key)
    onProblem(
      `What MCP server ${server.name} said about its tools was remembered in a file that is damaged, which was moved to ${aside}: it is remembered anew, as if it was used for the first time.`,
    )
    return null
  }
  let known: readonly McpToolSpec[] | null = readKnown()?.tools ?? null

  /** Whether what it says is what was accepted. What is new is remembered; what has changed is kept to be looked at. */
  function isAccepted(tools: readonly McpToolSpec[]): boolean {
    said = tools
    const pin = readKnown()
    const about = { server: server.name, runs: runsOf(server) }
    if (pin === null) {
      writePin(pins, key, { ...about, tools: [...tools], changed: null })
      known = tools
      deps.onTools()
      return true
    }
    if (toolsHash(pin.tools) === toolsHash(tools)) {
      if (pin.changed !== null) writePin(pins, key, { ...pin, changed: null })
      if (known === null || toolsHash(known) !== toolsHash(tools)) {
        known = tools
        deps.onTools()
      }
      return true
    }
    writePin(pins, key, { ...pin, ...about, changed: [...tools] })
    tell(
      'changed',
      `it describes its tools otherwise than when it was accepted. See what changed, and accept it: cairn mcp approve ${server.name}`,
    )
    deps.onTools()
    return false
  }

  async function drop(): Promise<void> {
    const dropped = connection
    connection = null
    await dropped?.close().catch(() => undefined)
  }

  async function open(): Promise<void> {
    state = 'starting'
    starts -= 1
    try {
      connection = await deps.connect(closing.signal)
      for (const text of connection.problems) onProblem(`MCP server ${server.name}: ${text}.`)
      if (!isAccepted(connection.tools)) return await drop()
      state = 'up'
      problem = null
    } catch (error) {
      await drop()
      // A person may log in while the session goes on.
      wantsLogin = error instanceof LoginNeeded
      if (wantsLogin) starts += 1
      tell('failed', wantsLogin ? loginText(error) : reason(error))
    }
  }

  function start(): Promise<void> {
    if (starting !== null) return starting
    if (closing.signal.aborted || starts === 0 || connection?.open() === true) return Promise.resolve()
    starting = open().finally(() => {
      starting = null
    })
    return starting
  }

  /** What was refused because it had changed may have been approved since. */
  function forgive(): void {
    const pin = state === 'changed' && said !== null ? readPin(pins, key) : null
    if (pin === null || pin === 'damaged' || said === null || toolsHash(pin.tools) !== toolsHash(said)) return
    known = pin.tools
    state = 'idle'
    problem = null
    starts = Math.max(starts, 1)
    deps.onTools()
  }

  return {
    server,
    get state() {
      return state
    },
    get tools() {
      return known ?? []
    },
    get problem() {
      return problem
    },
    get wantsLogin() {
      return state === 'failed' && wantsLogin
    },
    start,
    async call(name, args, signal) {
      forgive()
      if (state === 'changed') throw new Error(`MCP server ${server.name} is not used: ${problem}`)
      if (connection?.open() !== true) {
        if (starts === 0 && starting === null)
          throw new Error(
            state === 'up'
              ? `MCP server ${server.name} ended twice and is not started again in this session`
              : `MCP server ${server.name} is not used: ${problem}`,
          )
        await until(start(), signal)
      }
      const used = connection
      if (used === null)
        throw new Error(`MCP server ${server.name} is not used: ${problem ?? 'it has ended'}`)
      const now = await until(used.relist(signal), signal)
      if (now !== null && !isAccepted(now)) {
        await drop()
        throw new Error(`MCP server ${server.name} is not used: ${problem}`)
      }
      try {
        return await used.call(name, args, signal)
      } catch (error) {
        if (error instanceof LoginNeeded)
          throw new Error(`MCP server ${server.name} refuses the call: ${loginText(error)}`, { cause: error })
        if (!(error instanceof ForgottenSession) || forgotten >= MOST_FORGOTTEN) throw error
        forgotten += 1
        starts += 1
        if (connection === used) await drop()
        await until(start(), signal)
        if (connection === null)
          throw new Error(`MCP server ${server.name} is not used: ${problem}`, { cause: error })
        return connection.call(name, args, signal)
      }
    },
    async close() {
      closing.abort()
      await starting
      await drop()
    },
  }
}
