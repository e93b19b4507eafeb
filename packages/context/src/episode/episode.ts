import type { Node, StepNode } from '../project/transcript.ts'
import { oneLine } from '../project/shorten.ts'

/** A stretch of finished work, from typed facts only. */
export interface Episode {
  /** First and last journal position. */
  from: number
  to: number
  turn: number
  /** What it was for: the request by its handle, or what the agent said it would do. */
  goal: string
  steps: number
  read: string[]
  wrote: string[]
  commands: { text: string; ok: boolean; seq: number }[]
  check: { command: string; ok: boolean; failures: string[] } | null
  /** The last thing the agent said. */
  outcome: string
}

/** Steps after which a stretch without any natural end is closed. */
const MAX_STEPS = 12

/** Cuts nodes that leave the transcript into episodes: at requests, at green checks, else every few steps. */
export function toEpisodes(nodes: readonly Node[]): Episode[] {
  const episodes: Episode[] = []
  let current: Episode | null = null
  let goal = ''
  for (const node of nodes) {
    if (node.kind === 'user') {
      // By handle and not in words: a statement that was replaced later would come back here without its mark.
      goal = `for the request e:${node.seq}`
      current = null
    }
    if (node.kind !== 'step') continue
    if (current === null) {
      current = newEpisode(node, goal)
      episodes.push(current)
      goal = ''
    }
    addStep(current, node)
    if (current.check?.ok === true || current.steps >= MAX_STEPS) current = null
  }
  return episodes
}

function newEpisode(step: StepNode, goal: string): Episode {
  return {
    from: step.seq,
    to: step.seq,
    turn: step.turn,
    goal,
    steps: 0,
    read: [],
    wrote: [],
    commands: [],
    check: null,
    outcome: '',
  }
}

function addStep(episode: Episode, step: StepNode): void {
  episode.steps++
  episode.to = Math.max(episode.to, step.seq)
  const said = step.parts.findLast((part) => part.type === 'text')
  if (said && said.text.trim() !== '') {
    const line = oneLine(said.text, 240)
    if (episode.goal === '') episode.goal = line
    else episode.outcome = line
  }
  for (const { done, args, tool } of step.calls) {
    if (done === null) continue
    const { body, seq } = done
    episode.to = Math.max(episode.to, seq)
    for (const file of body.files ?? []) addOnce(file.op === 'seen' ? episode.read : episode.wrote, file.path)
    if (body.check) {
      const failures = body.check.failures.slice(0, 3).map((failure) => oneLine(failure.id, 60))
      episode.check = { command: oneLine(body.check.command, 60), ok: body.check.ok, failures }
    } else if (body.exit !== undefined)
      episode.commands.push({ text: commandOf(tool, args), ok: body.ok, seq })
  }
}

function addOnce(list: string[], item: string): void {
  if (!list.includes(item)) list.push(item)
}

/** The command line of a call, as far as it can be read from its arguments. */
export function commandOf(tool: string, args: string): string {
  try {
    const value: unknown = JSON.parse(args)
    if (typeof value === 'object' && value !== null)
      for (const key of ['command', 'cmd', 'script', 'path', 'query'])
        if (key in value) {
          const text: unknown = Reflect.get(value, key)
          if (typeof text === 'string') return oneLine(text, 100)
        }
  } catch {
    // Freeform tools take raw text.
  }
  return oneLine(`${tool} ${args}`, 100)
}

/**
 * Episodes that open work depends on: they wrote or read a file in `paths`, or a file that such an episode wrote from
 * what it read, and so on backwards.
 */
export function neededBy(episodes: readonly Episode[], paths: ReadonlySet<string>): Set<Episode> {
  const wanted = new Set(paths)
  const needed = new Set<Episode>()
  for (const episode of episodes.toReversed()) {
    if (!episode.wrote.some((path) => wanted.has(path))) continue
    needed.add(episode)
    for (const path of episode.read) wanted.add(path)
  }
  return needed
}
