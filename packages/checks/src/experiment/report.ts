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
 * The report as text. The first line is for people; each further line is `state: ids`, where a `better` one has its count
 * of fixed tests in brackets, so that a program can read it back.
 */
export function renderExperiment(report: ExperimentReport): string {
  const of = (state: Verdict['state']): Verdict[] =>
    report.verdicts.filter((verdict) => verdict.state === state)
  const seconds = (report.ms / 1_000).toFixed(1)
  const counts = (['green', 'better', 'weaker', 'moved', 'refuted', 'invalid'] as const)
    .map((state) => `${of(state).length} ${state}`)
    .join(', ')
  const lines = [`experiment on \`${report.command}\` (${report.baseline} failing): ${counts}, ${seconds} s`]
  const list = (name: string, ids: readonly string[]): void => {
    if (ids.length > 0) lines.push(`${name}: ${ids.join(' ')}`)
  }
  list(
    'green',
    of('green').map((verdict) => verdict.id),
  )
  list(
    'better',
    of('better').map((verdict) => `${verdict.id}(${verdict.fixed.length})`),
  )
  list(
    'weaker',
    of('weaker').map((verdict) => verdict.id),
  )
  list(
    'moved',
    of('moved').map((verdict) => verdict.id),
  )
  list(
    'refuted',
    of('refuted').map((verdict) => verdict.id),
  )
  list(
    'invalid',
    of('invalid').map((verdict) => verdict.id),
  )
  list('not run', report.notRun)
  for (const verdict of of('better').slice(0, shownTests))
    lines.push(`  ${verdict.id} fixes ${verdict.fixed.slice(0, shownTests).join('; ')}`)
  return lines.join('\n')
}
