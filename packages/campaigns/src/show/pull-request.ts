import { countPhases, type CampaignState, type UnitState } from '../state/campaign-state.ts'

/** Units listed one by one; more would be cut by most hosts. */
const LISTED = 300

const code = (text: string) => {
  const fence = '`'.repeat(1 + Math.max(0, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length)))
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${text.replaceAll('\n', ' ')}${pad}${fence}`
}

function evidence(unit: UnitState): string {
  const commit = unit.commit === null ? 'no change needed' : unit.commit.slice(0, 12)
  const checks = unit.checks.map((check) => `${code(check.command)} ${check.ok ? 'green' : 'red'}`)
  const work = unit.work === null ? [] : [`session ${unit.work}`]
  return [commit, ...checks, ...work].join(' · ')
}

/** Text of the pull request for a campaign's branch, in Markdown: what was done, by what evidence, and what is open. */
export function pullRequestText(id: string, state: CampaignState): string {
  const { definition } = state
  const units = [...state.units.values()]
  const counts = countPhases(state, new Set())
  const merged = units.filter((unit) => unit.phase === 'merged')
  const open = units.filter((unit) => unit.phase !== 'merged')
  const final = state.finished?.checks ?? []
  const lines = [
    `# ${definition?.goal.split('\n')[0] ?? state.name}`,
    '',
    `Campaign ${code(id)}: ${counts.merged} of ${units.length} units are merged on ${code(state.branch)}, from ${code(state.base.slice(0, 12))} to ${code(state.head.slice(0, 12))}.`,
    ...(final.length > 0
      ? [
          '',
          'Checks of the whole branch:',
          ...final.map((check) => `- ${code(check.command)}: ${check.ok ? 'green' : 'red'}`),
        ]
      : []),
    ...((definition?.constraints.length ?? 0) > 0
      ? ['', '## Constraints', ...(definition?.constraints ?? []).map((text) => `- ${text}`)]
      : []),
    ...(state.entries.length > 0
      ? [
          '',
          '## Decided on the way',
          ...state.entries.map((entry) => `- ${entry.text} (${entry.type}, ${code(entry.unit)})`),
        ]
      : []),
    ...(open.length > 0
      ? [
          '',
          '## Open',
          ...open
            .slice(0, LISTED)
            .map(
              (unit) =>
                `- ${code(unit.id)}: ${unit.phase}${unit.reason === null ? '' : `, ${unit.reason.split('\n')[0] ?? ''}`}`,
            ),
        ]
      : []),
    '',
    '## Units',
    ...merged.slice(0, LISTED).map((unit) => `- ${code(unit.id)}: ${evidence(unit)}`),
    ...(merged.length > LISTED
      ? [`- and ${merged.length - LISTED} more: \`cairn campaign report ${id}\``]
      : []),
  ]
  return `${lines.join('\n')}\n`
}
