import {
  client,
  ndJsonStream,
  type ClientConnection,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionUpdate,
} from '@agentclientprotocol/sdk'
import type { Script } from '@cairn/models/testing'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { CAIRN, cliRig, pause, type CliRig } from './cli-rig.ts'

type Answer = (
  request: RequestPermissionRequest,
) => Promise<RequestPermissionResponse> | RequestPermissionResponse

/** The official client of the protocol, driving the real command. */
export interface AcpRig extends AsyncDisposable {
  readonly cli: CliRig
  readonly child: ChildProcess
  readonly connection: ClientConnection
  readonly agent: ClientConnection['agent']
  /** Everything that was told, in order. */
  readonly updates: { sessionId: string; update: SessionUpdate }[]
  readonly asked: RequestPermissionRequest[]
  /** Params of `_cairn/session/event`. */
  readonly events: unknown[]
  /** Words of one sort, put together. */
  words(kind?: 'agent_message_chunk' | 'agent_thought_chunk' | 'user_message_chunk'): string
  newSession(): Promise<string>
  say(sessionId: string, text: string): Promise<{ stopReason: string; _meta?: unknown }>
  until(holds: () => boolean): Promise<void>
  err(): string
  readonly exit: Promise<number | null>
}

export const allow =
  (optionId: string): Answer =>
  () => ({ outcome: { outcome: 'selected', optionId } })

export function startAcp(cli: CliRig, words: readonly string[] = cli.model()): ChildProcess {
  return spawn(CAIRN, ['acp', ...words], {
    cwd: cli.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cli.home, CAIRN_DATA_DIR: cli.dataDir },
    stdio: 'pipe',
  })
}

export async function acpRig(
  script: Script,
  options: { files?: Record<string, string>; answer?: Answer; cli?: CliRig; events?: boolean } = {},
): Promise<AcpRig> {
  const cli = options.cli ?? (await cliRig(script, options.files))
  const child = startAcp(cli)
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null || stderr === null) throw new Error('the command has no pipes')
  let err = ''
  stderr.on('data', (piece: Buffer) => (err += piece.toString('utf8')))
  const exit = once(child, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null))
  const updates: AcpRig['updates'] = []
  const asked: RequestPermissionRequest[] = []
  const events: unknown[] = []
  const app = client({ name: 'test' })
    .onNotification('session/update', ({ params }) => void updates.push(params))
    .onNotification(
      '_cairn/session/event',
      (params: unknown) => params,
      ({ params }) => void events.push(params),
    )
    .onRequest('session/request_permission', ({ params }) => {
      asked.push(params)
      return (options.answer ?? allow('deny'))(params)
    })
  const connection = app.connect(
    // The streams of Node for the web know no element type.
    ndJsonStream(Writable.toWeb(stdin), Readable.toWeb(stdout) as ReadableStream<Uint8Array>),
  )
  const { agent } = connection
  await agent.request('initialize', {
    protocolVersion: 1,
    clientInfo: { name: 'test', version: '1' },
    clientCapabilities: { _meta: { cairn: { events: options.events === true } } },
  })
  return {
    cli,
    child,
    connection,
    agent,
    updates,
    asked,
    events,
    words: (kind = 'agent_message_chunk') =>
      updates
        .flatMap(({ update }) =>
          update.sessionUpdate === kind && update.content.type === 'text' ? [update.content.text] : [],
        )
        .join(''),
    newSession: async () => (await agent.request('session/new', { cwd: cli.cwd, mcpServers: [] })).sessionId,
    say: (sessionId, text) =>
      agent.request('session/prompt', { sessionId, prompt: [{ type: 'text', text }] }),
    async until(holds) {
      const end = performance.now() + 20_000
      while (!holds()) {
        if (performance.now() > end)
          throw new Error(`it never came; ${err}\n${JSON.stringify(updates.slice(-5))}`)
        await pause(10)
      }
    },
    err: () => err,
    exit,
    async [Symbol.asyncDispose]() {
      connection.close()
      stdin.end()
      await Promise.race([exit, pause(5_000)])
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await exit
      }
      if (options.cli === undefined) await cli[Symbol.asyncDispose]()
    },
  }
}
