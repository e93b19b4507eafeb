import type { Approver } from '@cairn/guard'
import { createModel, type Model, type Wire } from '@cairn/models'
import { scriptedServer, type Script, type ScriptedServer } from '@cairn/models/testing'
import { loadOrCreateKey, sessionPath, type Event, type EventKind } from '@cairn/journal'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Budget } from '../budget.ts'
import { NO_BUDGET } from '../budget.ts'
import type { SessionCheck } from '../completion-gate.ts'
import { composeSession } from '../compose.ts'
import type { ReadServers } from '../mcp/server-config.ts'
import type { Session } from '../session.ts'
import type { StepBoundary } from '../step-boundary.ts'
import type { TurnEnd } from '../turn-end.ts'

/** A workspace, a data folder and a scripted model server: a whole session with nothing faked but the model's words. */
export interface SessionRig extends AsyncDisposable {
  readonly cwd: string
  readonly dataDir: string
  readonly server: ScriptedServer
  readonly events: Event[]
  open(options?: {
    check?: SessionCheck
    sessionId?: string
    window?: number
    code?: string
  }): Promise<Session>
  /** Opens a session, runs one request and closes it. */
  run(
    text: string | null,
    options?: {
      check?: SessionCheck
      sessionId?: string
      budget?: Partial<Budget>
      signal?: AbortSignal
      window?: number
    },
  ): Promise<TurnEnd>
  of<K extends EventKind>(kind: K): Event<K>[]
}

export async function sessionRig(
  script: Script,
  options: {
    wire?: Wire
    files?: Record<string, string>
    env?: Record<string, string>
    sleep?: (ms: number) => Promise<void>
    approvers?: readonly Approver[]
    approvalSeconds?: number
    mcp?: ReadServers
    providerCompaction?: boolean
    subAgents?: boolean
    stepBoundary?: StepBoundary
  } = {},
): Promise<SessionRig> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-session-'))
  const cwd = join(folder, 'work')
  const dataDir = join(folder, 'data')
  const home = join(folder, 'home')
  for (const path of [cwd, dataDir, home]) mkdirSync(path)
  for (const [name, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  const server = await scriptedServer(script)
  const wire = options.wire ?? 'chat'
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', ...options.env }
  const model: Model = await createModel(
    { provider: 'openai-compatible', id: 'scripted', baseUrl: server.baseUrl(wire), wire, apiKey: 'test' },
    { env, ...(options.sleep === undefined ? {} : { sleep: options.sleep }) },
  )
  const events: Event[] = []
  const open: SessionRig['open'] = ({ check, sessionId = 'rig', window, code } = {}) =>
    composeSession({
      sessionId,
      journal: sessionPath(dataDir, sessionId),
      key: loadOrCreateKey(dataDir),
      cwd,
      repositoryRoot: cwd,
      model,
      window: window ?? null,
      check: check ?? null,
      title: 'test',
      version: '0.0.0',
      env,
      ...(options.approvers === undefined ? {} : { approvers: options.approvers }),
      ...(options.approvalSeconds === undefined ? {} : { approvalSeconds: options.approvalSeconds }),
      ...(options.providerCompaction === undefined ? {} : { providerCompaction: options.providerCompaction }),
      ...(options.subAgents === undefined ? {} : { subAgents: options.subAgents }),
      ...(options.stepBoundary === undefined ? {} : { stepBoundary: options.stepBoundary }),
      ...(options.mcp === undefined ? {} : { mcp: options.mcp }),
      dataDir,
      home,
      now: Date.now,
      listener: (event) => events.push(event),
      onDelta: () => undefined,
      ...(code === undefined ? {} : { code }),
    })
  return {
    cwd,
    dataDir,
    server,
    events,
    open,
    async run(text, { budget, signal, ...rest } = {}) {
      const session = await open(rest)
      try {
        return await session.run(text, { ...NO_BUDGET, ...budget }, signal ?? new AbortController().signal)
      } finally {
        await session.close()
      }
    },
    // The filter keeps exactly the events of that kind.
    of: <K extends EventKind>(kind: K) => events.filter((event) => event.kind === kind) as Event<K>[],
    async [Symbol.asyncDispose]() {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
