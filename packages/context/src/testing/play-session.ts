import { createHash } from 'node:crypto'
import type { CheckResult, Event, EventBodies, FileEffect } from '@cairn/journal'
import type { ModelInfo, ToolDeclaration } from '@cairn/models'
import type { ContextConfig, ContextPorts, Projection } from '../context.ts'
import { createContext, type ContextEngine } from '../engine.ts'
import { journalBuilder, type JournalBuilder } from './journal-builder.ts'
import type { CallAction, SessionAction } from './session-action.ts'

/** What a played session leaves behind. */
export interface PlayedSession {
  config: ContextConfig
  ports: ContextPorts
  events: readonly Event[]
  engine: ContextEngine
  /** Every request that was sent, with the journal position after which it was made. */
  requests: { after: number; projection: Projection }[]
  disk: ReadonlyMap<string, string>
}

export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

/** A model that exists only in tests. */
export function testModel(overrides: Partial<ModelInfo> = {}): ModelInfo {
  return {
    provider: 'test',
    id: 'test-model',
    name: 'Test',
    window: 32_000,
    maxOutput: 4_000,
    prices: null,
    images: true,
    reasoning: false,
    editTool: 'edit',
    cacheTtl: 300,
    ...overrides,
  }
}

const TEST_TOOLS: ToolDeclaration[] = ['read', 'write', 'edit', 'exec', 'check'].map((name) => ({
  name,
  description: name,
  schema: { type: 'object', properties: {} },
}))

export function testConfig(overrides: Partial<ContextConfig> = {}): ContextConfig {
  return { model: testModel(), system: 'You are a test.', tools: TEST_TOOLS, narrative: false, ...overrides }
}

/** Plays actions as the loop would: `advance`, `project` and `model.requested` before each answer. */
export function playSession(
  actions: readonly SessionAction[],
  overrides: Partial<ContextConfig> = {},
): PlayedSession {
  const config = testConfig(overrides)
  const disk = new Map<string, string>()
  const blobs = new Map<string, Uint8Array>()
  const ports: ContextPorts = {
    blob: (hash) => blobs.get(hash) ?? null,
    disk: (path) => {
      const text = disk.get(path)
      return text === undefined ? null : { sha256: sha256(text), text }
    },
  }
  const engine = createContext(config, ports)
  const journal = journalBuilder((event) => engine.ingest(event))
  const requests: PlayedSession['requests'] = []
  const player = { journal, engine, requests, disk, blobs, late: [], calls: 0 }
  journal.add('session.started', {
    version: '0',
    cwd: '/w',
    model: { provider: 'test', id: 'test-model' },
    title: 'test',
    check: null,
  })
  journal.add('instructions.loaded', {
    files: [{ path: 'AGENTS.md', sha256: 'a0', text: 'Rule 0: be careful.' }],
  })
  for (const action of actions) play(player, action)
  return { config, ports, events: journal.events, engine, requests, disk }
}

interface Player {
  journal: JournalBuilder
  engine: ContextEngine
  requests: PlayedSession['requests']
  disk: Map<string, string>
  blobs: Map<string, Uint8Array>
  late: EventBodies['tool.done'][]
  calls: number
}

const NO_USAGE = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 }

function play(player: Player, action: SessionAction): void {
  const { journal, engine } = player
  switch (action.kind) {
    case 'user':
      journal.add('user.message', {
        text: action.text,
        ...(action.image ? { attachments: [image(player, journal.events.length)] } : {}),
      })
      return
    case 'step':
      playStep(player, action)
      return
    case 'epoch':
      journal.append(engine.startEpoch(time(player), 'test'))
      return
    case 'harness':
      journal.add('harness.message', { text: `Warning ${action.n}`, reason: 'budget' })
      return
    case 'process':
      journal.add('process.started', { id: `p${action.n}`, command: 'server', pid: 4_000 + action.n })
      journal.add('process.ended', { id: `p${action.n}`, exit: action.n, signal: null })
      return
    case 'note':
      journal.add('note.written', {
        id: `n${journal.events.length}`,
        type: 'decision',
        text: `Keep API v${action.n}.`,
      })
      return
    case 'plan':
      journal.add('plan.updated', {
        items: [
          { text: 'first', status: action.n > 0 ? 'done' : 'active' },
          { text: 'second', status: action.n > 0 ? 'active' : 'pending' },
        ],
      })
      return
    case 'instructions': {
      const text = `Rule ${action.n}: be careful.`
      journal.add('instructions.loaded', { files: [{ path: 'AGENTS.md', sha256: `a${action.n}`, text }] })
      return
    }
    case 'unknown':
      // A kind of a later version, as an older reader meets it.
      journal.append({
        time: time(player),
        turn: 0,
        step: 0,
        kind: 'later.kind',
        body: { n: action.n },
      } as never)
      return
    case 'external edit':
      player.disk.set(path(action.file), `edited outside ${journal.events.length}\n`)
      return
    case 'wait':
      journal.wait(action.minutes * 60_000)
      return
    case 'resume':
      journal.add('session.resumed', { reason: 'crash', interrupted: [] })
      return
    case 'overflow':
      journal.add('model.failed', { code: 'context-overflow', message: 'too long', retryable: false })
      return
    default:
  }
}

function time(player: Player): number {
  return (player.journal.events.at(-1)?.time ?? 0) + 1
}

function path(file: number): string {
  return `src/file${file}.ts`
}

function image(player: Player, seed: number): { sha256: string; bytes: number; mime: string } {
  const bytes = new Uint8Array(40).fill(seed % 251)
  const hash = sha256(bytes)
  player.blobs.set(hash, bytes)
  return { sha256: hash, bytes: bytes.length, mime: 'image/png' }
}

function playStep(player: Player, action: Extract<SessionAction, { kind: 'step' }>): void {
  const { journal, engine, requests } = player
  for (const event of engine.advance(time(player))) journal.append(event)
  const projection = engine.project()
  requests.push({ after: journal.events.length, projection })
  journal.add('model.requested', {
    model: 'test-model',
    epoch: projection.epoch,
    items: projection.request.items.length,
    bytes: projection.bytes,
    estimate: projection.estimate,
    purpose: 'turn',
  })
  for (const body of player.late.splice(0)) journal.add('tool.done', body)
  const calls = action.calls.map((call) => ({ call, id: action.sameId ? 'same' : `c${player.calls++}` }))
  journal.add('model.answered', {
    model: 'test-model',
    served: null,
    parts: [
      { type: 'text', text: action.say },
      ...calls.map(({ call, id }) => ({ type: 'call' as const, id, tool: call.tool, args: argsOf(call) })),
    ],
    usage: { ...NO_USAGE, input: Math.ceil(projection.bytes / 3.8), output: 20 },
    costUsd: 0.01,
    finish: calls.length > 0 ? 'calls' : 'stop',
    ms: 10,
  })
  for (const { call, id } of calls) playCall(player, call, id)
}

function argsOf(call: CallAction): string {
  if (call.tool === 'exec' || call.tool === 'check') return JSON.stringify({ command: `run ${call.file}` })
  const content = call.tool === 'write' ? { content: 'x'.repeat(call.size) } : {}
  return JSON.stringify({ path: path(call.file), ...content })
}

function playCall(player: Player, call: CallAction, id: string): void {
  const { journal, disk } = player
  const effect =
    call.tool === 'read' ? 'read' : call.tool === 'exec' || call.tool === 'check' ? 'exec' : 'write'
  journal.add('tool.intended', { call: id, tool: call.tool, args: {}, effect, actionSha256: '' })
  if (call.arrives === 'never') return
  const name = path(call.file)
  const before = disk.get(name)
  if (call.ok && effect === 'write')
    disk.set(name, `version ${journal.events.length}\n${'x'.repeat(call.size % 300)}`)
  const after = disk.get(name)
  const hash = (text: string | undefined) => (text === undefined ? null : sha256(text))
  const files: FileEffect[] =
    effect === 'read'
      ? [{ path: name, op: 'seen', after: hash(after) }]
      : effect === 'write' && call.ok
        ? [{ path: name, op: 'wrote', before: hash(before), after: hash(after) }]
        : []
  const body: EventBodies['tool.done'] = {
    call: id,
    tool: call.tool,
    ok: call.ok,
    output:
      effect === 'read'
        ? (after ?? 'not found')
        : `${call.ok ? 'done' : 'error: failed'} ${'y '.repeat(call.size / 2)}`,
    ms: 1,
    ...(files.length > 0 ? { files } : {}),
    ...(effect === 'exec' ? { exit: call.ok ? 0 : 1 } : {}),
    ...(call.tool === 'check' ? { check: checkOf(call) } : {}),
    ...(call.image ? { images: [image(player, journal.events.length)] } : {}),
  }
  if (call.arrives === 'late') player.late.push(body)
  else journal.add('tool.done', body)
  if (call.arrives === 'twice') journal.add('tool.done', { ...body, output: 'a second time' })
}

function checkOf(call: CallAction): CheckResult {
  const failures = call.ok ? [] : [{ id: `test ${call.file}`, message: 'expected 1, got 2' }]
  return {
    command: `run ${call.file}`,
    tree: 't0',
    treeAfter: 't0',
    exit: call.ok ? 0 : 1,
    ok: call.ok,
    passed: 3,
    failed: failures.length,
    failures,
    durationMs: 5,
  }
}
