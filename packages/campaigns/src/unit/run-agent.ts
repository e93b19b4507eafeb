import { composeSession, type Budget, type StepBoundary } from '@cairn/agent'
import { JournalError, sessionPath, type CampaignEntry, type Event, type SigningKey } from '@cairn/journal'
import type { Model } from '@cairn/models'
import { leaseLost } from '../fleet/lease-lost.ts'
import type { Claim } from '../fleet/fleet.ts'

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
  claim: Claim
  sessionId: string
  key: SigningKey
  cwd: string
  title: string
  /** The request; null: goes on with what the journal has. */
  brief: string | null
  /** What the journal has of notes, and how long the session ran, where it is gone on with. */
  before: { notes: readonly Event[]; elapsedMs: number } | null
  check: string | null
  budget: Budget
  stepBoundary: StepBoundary
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

const less = (limit: number | null, spent: number) => (limit === null ? null : Math.max(0, limit - spent))

/** Runs one session on a unit, to its end. Throws `CampaignError` `lease-lost` where it goes on elsewhere. */
export async function runAgent(port: AgentPort, run: AgentRun): Promise<AgentOutcome> {
  const { model, window } = await port.model()
  const { dataDir, home, env, now, version } = port
  const entries: CampaignEntry[] = []
  const take = (event: Event) => {
    const entry = entryOf(event)
    if (entry !== null) entries.push(entry)
  }
  for (const event of run.before?.notes ?? []) take(event)
  const session = await composeSession({
    sessionId: run.sessionId,
    journal: sessionPath(dataDir, run.sessionId),
    key: run.key,
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
    listener: take,
    onDelta: () => undefined,
    stepBoundary: run.stepBoundary,
  })
  try {
    const { state } = session
    // What the workers before have spent counts as this one's.
    const budget: Budget = {
      steps: less(run.budget.steps, state.steps),
      tokens: less(run.budget.tokens, state.usage.input + state.usage.output),
      usd: less(run.budget.usd, state.costUsd ?? 0),
      seconds: less(run.budget.seconds, (run.before?.elapsedMs ?? 0) / 1_000),
    }
    const end = await session.run(run.brief, budget, run.signal)
    const { usage, costUsd } = state
    return { status: end.status, summary: end.summary, entries, costUsd, tokens: usage.input + usage.output }
  } catch (error) {
    if (JournalError.isInstance(error) && error.code === 'lease-lost') throw leaseLost(run.claim)
    throw error
  } finally {
    await session.close()
  }
}
