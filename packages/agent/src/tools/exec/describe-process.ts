import type { ExecOutcome } from '@cairn/terminal'
import type { ToolOutcome } from '../../tool.ts'

const CAUSE: Record<ExecOutcome['cause'], string> = {
  exit: '',
  yield: 'still running',
  match: 'still running; the pattern matched',
  timeout: 'killed: time limit reached',
  aborted: 'killed: cancelled',
  limit: 'killed: output limit reached',
}

/** Turns what the terminal reports into what the model reads. */
export function describeProcess(outcome: ExecOutcome): ToolOutcome {
  const facts: string[] = []
  if (outcome.running) facts.push(`${CAUSE[outcome.cause]}, process ${outcome.id}`)
  else {
    if (outcome.cause !== 'exit' && outcome.cause !== 'match' && outcome.cause !== 'yield')
      facts.push(CAUSE[outcome.cause])
    facts.push(outcome.signal === null ? `exit ${outcome.exit ?? 'unknown'}` : `signal ${outcome.signal}`)
  }
  if (outcome.ms >= 1_000) facts.push(`${(outcome.ms / 1_000).toFixed(1)} s`)
  const header = `[${facts.join(', ')}]`
  return {
    ok: outcome.running || outcome.exit === 0,
    header,
    output: outcome.screen === null ? outcome.output : `screen:\n${outcome.screen}`,
    exit: outcome.running ? null : outcome.exit,
  }
}
