import type { CheckResult } from '@cairn/journal'

/** Green evidence counts only on the tree as it is now. */
export interface GateFacts {
  /** The task's check command; null where it has none. */
  check: string | null
  /** Newest result of the check, with the position of its event. */
  latest: { result: CheckResult; seq: number } | null
  tree: string
}

export type GateVerdict = { accepted: true; evidence: number[] } | { accepted: false; reasons: string[] }

function failureLines(result: CheckResult): string {
  const shown = result.failures
    .slice(0, 5)
    .map((failure) => `\n  - ${failure.id}: ${failure.message.split('\n')[0] ?? ''}`)
  const more = result.failures.length > 5 ? `\n  - and ${result.failures.length - 5} more` : ''
  return shown.join('') + more
}

/** Decides whether a claim of being finished has evidence. Pure: running the check is the caller's work. */
export function judge(facts: GateFacts): GateVerdict {
  if (facts.check === null) return { accepted: true, evidence: [] }
  if (facts.latest === null)
    return { accepted: false, reasons: [`the check \`${facts.check}\` has not been run`] }
  const { result, seq } = facts.latest
  if (result.treeAfter !== facts.tree)
    return {
      accepted: false,
      reasons: [`files changed after the last run of \`${facts.check}\`: its result does not count any more`],
    }
  if (!result.ok) {
    const counts =
      result.failed === null
        ? `exit ${result.exit ?? 'none'}`
        : `${result.failed} failed, ${result.passed ?? 0} passed`
    return {
      accepted: false,
      reasons: [`the check \`${facts.check}\` is red (${counts})${failureLines(result)}`],
    }
  }
  return { accepted: true, evidence: [seq] }
}
