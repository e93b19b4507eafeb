import { idRanges } from './id-ranges.ts'

/** What one candidate was worth. */
export interface Verdict {
  id: string
  /**
   * `green`: the whole check passes. `better`: fewer failures and none new, by the whole check. `moved`: no test is fixed
   * but one got further. `weaker`: gains, but no more than a `better` one. `refuted`: nothing gained, or something
   * broken. `invalid`: the edits do not fit the files.
   */
  state: 'green' | 'better' | 'weaker' | 'moved' | 'refuted' | 'invalid'
  fixed: string[]
  broken: string[]
}

export interface ExperimentReport {
  command: string
  /** Failing tests without any candidate. */
  baseline: number
  verdicts: Verdict[]
  /** Ids that were not run, because earlier ones are green or better. */
  notRun: string[]
  ms: number
}

const shownTests = 4

/**
 * The report as text. The first line is for people; each further line is `state: ids`, best state first, so that a
 * program can read it back. A `better` one has its count of fixed tests in brackets, numbered ids are written as ranges.
 */
export function renderExperiment(report: ExperimentReport): string {
  const of = (state: Verdict['state']): Verdict[] =>
    report.verdicts.filter((verdict) => verdict.state === state)
  const seconds = (report.ms / 1_000).toFixed(1)
  const counts = (['green', 'better', 'weaker', 'moved', 'refuted', 'invalid'] as const)
    .map((state) => `${of(state).length} ${state}`)
    .join(', ')
  const lines = [`experiment on \`${report.command}\` (${report.baseline} failing): ${counts}, ${seconds} s`]
  const better = of('better').map((verdict) => `${verdict.id}(${verdict.fixed.length})`)
  const ids = (state: Verdict['state']): string => idRanges(of(state).map((verdict) => verdict.id))
  const listed = [
    ['green', ids('green')],
    ['better', better.join(' ')],
    ['weaker', ids('weaker')],
    ['moved', ids('moved')],
    ['refuted', ids('refuted')],
    ['invalid', ids('invalid')],
    ['not run', idRanges(report.notRun)],
  ]
  for (const [name, text] of listed) if (text !== '') lines.push(`${name}: ${text}`)
  for (const verdict of of('better').slice(0, shownTests))
    lines.push(`  ${verdict.id} fixes ${verdict.fixed.slice(0, shownTests).join('; ')}`)
  return lines.join('\n')
}
