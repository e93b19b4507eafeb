import { composeSession } from '@cairn/agent'
import { loadOrCreateKey, sessionPath, type CampaignEntry, type Event } from '@cairn/journal'
import type { Model } from '@cairn/models'

/** How a worker opens sessions. */
export interface AgentPort {
  /** Called once for each session. */
  model(): Promise<{ model: Model; window: number | null }>
  version: string
  home: string
  env: NodeJS.ProcessEnv
  dataDir: string
  now: () => number
}

export interface AgentRun {
  sessionId: string
  cwd: string
  title: string
  brief: string
  check: string | null
  budget: { usd: number | null; tokens: number | null; steps: number | null; seconds: number | null }
  signal: AbortSignal
}

export interface AgentOutcome {
  status: string
  summary: string
  entries: CampaignEntry[]
  costUsd: number | null
  tokens: number
}

const SHARED: ReadonlySet<string> = new Set(['decision', 'contract', 'constraint'])

/** What the session wrote down for others. */
function entryOf(event: Event): CampaignEntry | null {
  if (event.kind !== 'note.written') return null
  const { type, text, scope } = event.body
  if (type !== 'decision' && type !== 'contract' && type !== 'constraint') return null
  return SHARED.has(type) ? { type, text, paths: scope?.paths ?? [] } : null
}

/** Runs one session on a unit, to its end. A journal of that id that exists already is gone on with. */
export async function runAgent(port: AgentPort, run: AgentRun): Promise<AgentOutcome> {
  const { model, window } = await port.model()
  const { dataDir, home, env, now, version } = port
  const entries: CampaignEntry[] = []
  const session = await composeSession({
    sessionId: run.sessionId,
    journal: sessionPath(dataDir, run.sessionId),
    key: loadOrCreateKey(dataDir),
    cwd: run.cwd,
    repositoryRoot: run.cwd,
    model,
    window,
    check: run.check === null ? null : { command: run.check, origin: 'given' },
    title: run.title,
    version,
    env,
    dataDir,
    home,
    now,
    listener: (event) => {
      const entry = entryOf(event)
      if (entry !== null) entries.push(entry)
    },
    onDelta: () => undefined,
  })
  try {
    const end = await session.run(run.brief, run.budget, run.signal)
    const { usage, costUsd } = session.state
    return { status: end.status, summary: end.summary, entries, costUsd, tokens: usage.input + usage.output }
  } finally {
    await session.close()
  }
}
