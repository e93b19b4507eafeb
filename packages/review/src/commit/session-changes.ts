import type { Event } from '@cairn/journal'
import { WorkspaceError, type Checkpoint, type Checkpoints } from '@cairn/workspace'

/** Files that a session changed, from the folder it works in. */
export interface SessionChanges {
  paths: ReadonlySet<string>
  /** Of them, those that somebody else changed as well: before, between or after its turns. */
  mixed: ReadonlySet<string>
  /** Why it is not known what commands changed; null where it is known. */
  blind: string | null
}

interface Span {
  from: Checkpoint
  to: Checkpoint
}

/**
 * What tools wrote, and what differs between the first and the last checkpoint of each turn, so that changes of commands
 * count and those that a person made between turns do not. `events`: those in force since the last commit of the session.
 * `base`: what HEAD holds of the folder, as a git tree; null where the session did not begin on it.
 */
export async function sessionChanges(
  events: readonly Event[],
  checkpoints: Pick<Checkpoints, 'take' | 'load' | 'changes'>,
  base: string | null,
): Promise<SessionChanges> {
  const paths = new Set<string>()
  for (const event of events)
    if (event.kind === 'tool.done')
      for (const { path, op } of event.body.files ?? []) if (op !== 'seen') paths.add(path)
  try {
    const spans = await spansOf(events, checkpoints)
    for (const { from, to } of spans)
      for (const { path } of await checkpoints.changes(from, to)) paths.add(path)
    const foreign = await changedByOthers(spans, checkpoints, base)
    const ran = events.some((event) => event.kind === 'tool.intended' && event.body.effect === 'exec')
    return {
      paths,
      mixed: new Set([...paths].filter((path) => foreign.has(path))),
      blind: spans.length === 0 && ran ? 'no checkpoint of the files was made' : null,
    }
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error
    return { paths, mixed: new Set(), blind: error.message }
  }
}

async function spansOf(events: readonly Event[], checkpoints: Pick<Checkpoints, 'load'>): Promise<Span[]> {
  const ids: { from: string; to: string }[] = []
  for (const event of events) {
    if (event.kind !== 'tree.checkpoint' || event.body.id === null) continue
    const { id, phase } = event.body
    const last = ids.at(-1)
    if (phase === 'before' || last === undefined) ids.push({ from: id, to: id })
    else last.to = id
  }
  return Promise.all(
    ids.map(async ({ from, to }) => ({ from: await checkpoints.load(from), to: await checkpoints.load(to) })),
  )
}

async function changedByOthers(
  spans: readonly Span[],
  checkpoints: Pick<Checkpoints, 'take' | 'changes'>,
  base: string | null,
): Promise<Set<string>> {
  const found = new Set<string>()
  const first = spans[0]
  if (first === undefined) return found
  const between = async (from: Checkpoint, to: Checkpoint) => {
    for (const { path } of await checkpoints.changes(from, to)) found.add(path)
  }
  if (base !== null)
    await between({ ...first.from, tree: base }, first.from).catch((error: unknown) => {
      // The repository's objects cannot be read from here: what was there before is taken for the session's.
      if (!(error instanceof WorkspaceError)) throw error
    })
  for (const [index, span] of spans.entries()) {
    const next = spans[index + 1]
    await between(span.to, next === undefined ? await checkpoints.take() : next.from)
  }
  return found
}
