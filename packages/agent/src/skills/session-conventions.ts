import type { EventBodies } from '@cairn/journal'
import { expandCommand } from '../commands/expand-command.ts'
import type { Recorder } from '../recorder.ts'
import type { Tool } from '../tool.ts'
import { skillTool } from '../tools/skill/skill.ts'
import type { Conventions } from './convention.ts'

/** The `skill` tool where there is one to load, else nothing. */
export function skillTools({ active }: Conventions, again: () => Conventions): Tool[] {
  const skills = active.filter(({ kind }) => kind === 'skill')
  return skills.length === 0 ? [] : [skillTool(skills, () => again().active)]
}

/**
 * The message of a person, a slash command in it expanded, or the task that an agent gave, as it is. Throws as
 * `expandCommand` does.
 */
export function messageOf(
  conventions: Conventions,
  text: string,
  byAgent: boolean,
): EventBodies['user.message'] {
  if (byAgent) return { text, by: 'agent' }
  const expanded = expandCommand(conventions, text)
  return expanded === null ? { text } : { text: expanded.text, via: expanded.via }
}

/** Writes what counts in this session, and what was left out. */
export function recordConventions(
  { active, leftOut }: Conventions,
  recorder: Pick<Recorder, 'record'>,
): void {
  if (active.length + leftOut.length === 0) return
  recorder.record('conventions.loaded', {
    active: active.map(({ kind, name, path, sha256 }) => ({ kind, name, path, sha256 })),
    leftOut: leftOut.map((each) => ({ ...each })),
  })
}
