import { matchesGlob } from 'node:path'
import type { Board, UnitJob } from './board.ts'

export interface BriefParts {
  board: Pick<Board, 'definition' | 'entries'>
  job: UnitJob
  /** What has to be green for this unit. */
  checks: readonly string[]
  /** What the steps before the agent left open. */
  left: readonly string[]
  /** End of the output of the check that is red, with its command. */
  red: { command: string; output: string } | null
  instructions: string | null
}

/** Whether an entry concerns one of the files; one without paths concerns all. */
export function concerns(paths: readonly string[], files: readonly string[]): boolean {
  if (paths.length === 0 || files.length === 0) return true
  return paths.some((path) => {
    const glob = path.replace(/^\.\//u, '').replace(/\/$/u, '')
    return files.some((file) => file === glob || file.startsWith(`${glob}/`) || matchesGlob(file, glob))
  })
}

const list = (items: readonly string[]) => items.map((item) => `- ${item.replaceAll('\n', '\n  ')}`)

/** The first request of a unit's session. */
export function unitBrief({ board, job, checks, left, red, instructions }: BriefParts): string {
  const { definition, entries } = board
  const known = entries.filter((entry) => entry.unit !== job.unit && concerns(entry.paths, job.files))
  const lines = [
    `You work on one unit of a large change. Goal of the whole change: ${definition.goal}`,
    '',
    `Your unit: ${job.unit}`,
    ...(job.files.length > 0 ? ['Its files:', ...list(job.files)] : []),
  ]
  if (definition.constraints.length > 0)
    lines.push('', 'Constraints that hold for every unit:', ...list(definition.constraints))
  if (known.length > 0)
    lines.push(
      '',
      'Decided in other units of this change, keep to it:',
      ...list(known.map((entry) => `${entry.text} (${entry.type}, from ${entry.unit})`)),
    )
  if (instructions !== null) lines.push('', instructions)
  if (left.length > 0) lines.push('', 'A recipe has run already. It left this to you:', ...list(left))
  if (red !== null) lines.push('', `This check is red: ${red.command}`, '```', red.output.trim(), '```')
  if (job.feedback !== null) lines.push('', 'An earlier attempt at this unit was given back:', job.feedback)
  lines.push(
    '',
    'Change what this unit needs and nothing else: other units are worked on at the same time. Do not commit.',
    'A decision that other units have to follow: write it down with the note tool, as a decision or contract, with the paths it concerns.',
  )
  if (checks.length > 0) lines.push(`Done means that this is green: ${checks.join(' && ')}`)
  return lines.join('\n')
}
