import { liveEvents, type Event, type EventBodies, type JournalStore } from '@cairn/journal'
import { headCommit, type Checkpoint, type Checkpoints } from '@cairn/workspace'
import { AgentError } from './errors.ts'

export interface RewindOptions {
  store: JournalStore
  checkpoints: Checkpoints
  /** Folder of the session. */
  cwd: string
  now: () => number
  /** Also where someone else changed a file since. */
  force: boolean
}

export type Rewound = EventBodies['session.rewound'] & {
  /** The request that was taken back, or brought back. */
  request: string
}

type Phase = Event<'tree.checkpoint'>

/** Takes back the newest `turns` turns of a session that nobody has open: its conversation and its files. */
export async function undoTurns(turns: number, options: RewindOptions): Promise<Rewound> {
  const events = [...liveEvents(options.store)]
  const starts = turnStarts(events)
  const first = starts.at(-turns)
  if (first === undefined) {
    const have = starts.length === 0 ? 'it has none' : `it has only ${starts.length}`
    throw new AgentError('nothing-to-undo', `${turns} turns cannot be undone: ${have}`, 'See `cairn show`.')
  }
  const undone = events.filter((event) => event.seq >= first.seq)
  const target = undone.find((event): event is Phase => isCheckpoint(event) && event.body.phase === 'before')
  return rewind(options, {
    to: first.seq - 1,
    reason: 'undo',
    target: target?.body.id ?? null,
    expected: events.findLast(isCheckpoint)?.body.id ?? null,
    remaining: remainingEffects(undone, target, headCommit(options.cwd)),
    request: first.body.text,
  })
}

/** Takes the newest undo back, as long as nothing was asked since. */
export async function redoTurns(options: RewindOptions): Promise<Rewound> {
  const events = [...liveEvents(options.store)]
  const last = events.findLast((event) => event.kind === 'user.message' || isUndo(event))
  if (last === undefined || !isUndo(last))
    throw new AgentError(
      'nothing-to-redo',
      'nothing can be redone: nothing was undone, or a new request came since',
      'The undone events are still in the journal: see `cairn show`.',
    )
  const again = [...liveEvents(options.store, { from: last.body.to + 1, at: last.seq - 1 })]
  return rewind(options, {
    to: last.seq - 1,
    reason: 'redo',
    target: last.body.before,
    expected: last.body.checkpoint,
    remaining: [],
    request: turnStarts(again)[0]?.body.text ?? '',
  })
}

async function rewind(
  { store, checkpoints, now, force }: RewindOptions,
  plan: {
    to: number
    reason: 'undo' | 'redo'
    target: string | null
    expected: string | null
    remaining: string[]
    request: string
  },
): Promise<Rewound> {
  const { to, reason, target, remaining } = plan
  const load = async (id: string | null): Promise<Checkpoint | null> =>
    id === null ? null : checkpoints.load(id)
  const wanted = await load(target)
  let body: EventBodies['session.rewound'] = {
    to,
    reason,
    before: null,
    checkpoint: null,
    written: 0,
    deleted: 0,
    kept: [],
    remaining,
  }
  if (wanted !== null) {
    const before = await checkpoints.take()
    const expected = await load(plan.expected)
    const restored = await checkpoints.restore(wanted, { expected, force })
    const { written, deleted, kept } = restored
    const uncovered = restored.after.uncovered.map(({ path, why }) => `${path} is as it was (${why})`)
    body = {
      ...body,
      before: before.id,
      checkpoint: restored.after.id,
      written: written.length,
      deleted: deleted.length,
      kept,
      remaining: [...remaining, ...uncovered],
    }
  }
  const { turn, step } = lastOf(store)
  store.append([{ time: now(), turn, step, kind: 'session.rewound', body }])
  return { ...body, request: plan.request }
}

/** What no checkpoint can take back, as far as the journal knows of it. */
function remainingEffects(
  undone: readonly Event[],
  before: Phase | undefined,
  head: string | null,
): string[] {
  const found: string[] = []
  const commands = undone.filter((event) => event.kind === 'tool.intended' && event.body.effect === 'exec')
  const ended = new Set(undone.flatMap((event) => (event.kind === 'process.ended' ? [event.body.id] : [])))
  for (const event of undone)
    if (event.kind === 'process.started' && !ended.has(event.body.id))
      found.push(`the process ${event.body.command} may still have had effects`)
  if (before !== undefined && before.body.head !== head)
    found.push(
      `HEAD of the repository moved from ${short(before.body.head)} to ${short(head)}; commits are left as they are`,
    )
  if (before === undefined && commands.length > 0) found.push('no checkpoint of the files was made')
  if (commands.length > 0)
    found.push(`what ${commands.length} commands did outside of the files of the workspace`)
  return found
}

const short = (commit: string | null) => commit?.slice(0, 10) ?? 'no commit'

const isCheckpoint = (event: Event): event is Phase =>
  event.kind === 'tree.checkpoint' && event.body.id !== null

const isUndo = (event: Event): event is Event<'session.rewound'> =>
  event.kind === 'session.rewound' && event.body.reason === 'undo'

/** The message that began each turn; what was said while one was under way begins none. */
function turnStarts(events: readonly Event[]): Event<'user.message'>[] {
  const starts: Event<'user.message'>[] = []
  for (const event of events)
    if (event.kind === 'user.message' && event.turn !== starts.at(-1)?.turn) starts.push(event)
  return starts
}

function lastOf(store: JournalStore): { turn: number; step: number } {
  const [last] = store.read({ from: store.head().size })
  return { turn: last?.turn ?? 0, step: last?.step ?? 0 }
}
