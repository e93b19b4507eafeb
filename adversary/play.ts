import { composeSession, type SessionCheck, type Session, type TurnEnd } from '@cairn/agent'
import { loadOrCreateKey, sessionPath, type Event, type EventKind } from '@cairn/journal'
import { createModel, type Model, type ModelRef } from '@cairn/models'
import { scriptedServer, type Reply, type Script } from '@cairn/models/testing'
import { join } from 'node:path'
import type { Arena } from './arena.ts'

export interface PlayOptions {
  check?: SessionCheck
  request?: string
  editTool?: 'apply_patch' | 'edit'
  env?: Record<string, string>
  window?: number
  /** Folder of the session's data. Default: the arena's. */
  dataDir?: string
  sessionId?: string
  cwd?: string
  /** Written as a managed policy, which the session is started with. */
  managed?: object
  /** Where the answers come from; default: a server started for this play. */
  baseUrl?: (own: string) => string
  signal?: AbortSignal
  onEvent?: (event: Event, session: { readonly session: Session | null }) => void
  now?: () => number
}

/** What happened, as it can be told from outside. */
export interface Play {
  readonly events: readonly Event[]
  /** Results of the tools as the model saw them, in order. */
  readonly outputs: readonly string[]
  /** Bodies of the requests to the model. */
  readonly requests: readonly string[]
  readonly journal: string
  readonly end: TurnEnd | null
  /** What the session failed with, if it was thrown. */
  readonly error: unknown
  /** Whether the model said everything it had to say. */
  readonly complete: boolean
  of<K extends EventKind>(kind: K): Extract<Event, { kind: K }>[]
}

/** Plays a script through a whole session: only the words of the model are made up. */
export async function play(
  arena: Arena,
  script: Script | readonly Reply[],
  options: PlayOptions = {},
): Promise<Play> {
  const events: Event[] = []
  let end: TurnEnd | null = null
  let error: unknown = null
  const replies = typeof script === 'function' ? script : atLeastOne(script)
  await using server = await scriptedServer(replies)
  const dataDir = options.dataDir ?? arena.data
  const sessionId = options.sessionId ?? 'attacked'
  const journal = sessionPath(dataDir, sessionId)
  const holder: { session: Session | null } = { session: null }
  const env = { ...arena.env, ...options.env }
  const own = server.baseUrl('chat')
  const ref: ModelRef = {
    provider: 'openai-compatible',
    id: 'scripted',
    baseUrl: options.baseUrl?.(own) ?? own,
    wire: 'chat',
    apiKey: 'not-a-key',
  }
  if (options.managed !== undefined)
    arena.write('etc/policy.json', JSON.stringify({ version: 1, ...options.managed }))
  try {
    const model = await createModel(ref, { env, sleep: async () => undefined })
    holder.session = await composeSession({
      sessionId,
      journal,
      key: loadOrCreateKey(dataDir),
      cwd: options.cwd ?? arena.work,
      repositoryRoot: arena.work,
      model: options.editTool === undefined ? model : withEditTool(model, options.editTool),
      window: options.window ?? null,
      check: options.check ?? null,
      title: 'task',
      version: '0.0.0',
      env,
      secrets: [arena.secrets.given],
      policyFiles: {
        managed: join(arena.root, 'etc/policy.json'),
        user: join(arena.home, '.config/cairn/policy.json'),
        project: join(arena.work, '.cairn/policy.json'),
      },
      dataDir,
      home: arena.home,
      now: options.now ?? Date.now,
      listener: (event) => {
        events.push(event)
        options.onEvent?.(event, holder)
      },
      onDelta: () => undefined,
    })
    end = await holder.session.run(
      options.request ?? 'Please look after this repository.',
      { steps: 60, tokens: null, usd: null, seconds: 90 },
      options.signal ?? new AbortController().signal,
    )
  } catch (thrown) {
    error = thrown
  } finally {
    await holder.session?.close()
  }
  return {
    events,
    outputs: events.flatMap((event) => (event.kind === 'tool.done' ? [event.body.output] : [])),
    requests: server.requests.map((request) => request.text),
    journal,
    end,
    error,
    complete: typeof script === 'function' || server.requests.length >= script.length,
    // The filter keeps exactly the events of that kind.
    of: <K extends EventKind>(kind: K) =>
      events.filter((event) => event.kind === kind) as Extract<Event, { kind: K }>[],
  }
}

function atLeastOne(replies: readonly Reply[]): readonly [Reply, ...Reply[]] {
  const [first, ...rest] = replies
  return [first ?? { text: 'end' }, ...rest]
}

const withEditTool = (model: Model, editTool: 'apply_patch' | 'edit'): Model => ({
  info: { ...model.info, editTool },
  ...(model.wire === undefined ? {} : { wire: model.wire }),
  stream: (request, options) => model.stream(request, options),
})
