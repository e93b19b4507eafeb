import type { SubAgentReport } from '@cairn/context'
import type { CheckResult, Event, FileEffect } from '@cairn/journal'
import type { TurnEnd } from '../turn-end.ts'

/** In UTF-16 code units. */
const LONGEST_LINE = 300
const MOST_LISTED = 40

/** What a sub-agent wrote into its journal that its parent has to know. */
export interface ChildRecord {
  readonly entries: SubAgentReport['entries']
  readonly checks: ReadonlyMap<string, CheckResult>
  see(event: Event): void
}

export function createChildRecord(): ChildRecord {
  const entries: SubAgentReport['entries'] = []
  const checks = new Map<string, CheckResult>()
  return {
    entries,
    checks,
    see({ kind, body }) {
      // What it adopted from one of its own has lost its voice on the way already.
      if (kind === 'note.written')
        entries.push({ type: body.type, text: body.text, ...(body.scope ? { scope: body.scope } : {}) })
      else if (kind === 'check.finished') checks.set(body.command, body)
    },
  }
}

export function reportOf(
  session: string,
  record: ChildRecord,
  end: TurnEnd,
  files: readonly FileEffect[],
): SubAgentReport {
  return {
    answer: end.summary,
    entries: record.entries,
    files: files.map(({ path, after }) => ({ path, sha256: after })),
    commands: [...record.checks.values()].map(({ command, exit }) => ({ command, exit })),
    questions: end.openItems,
    handles: [session],
  }
}

/** One line, whatever a name has in it. */
const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, LONGEST_LINE)

function listed(heading: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const more = lines.length - MOST_LISTED
  return [
    `${heading}:`,
    ...lines.slice(0, MOST_LISTED).map((line) => `- ${oneLine(line)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ]
}

/**
 * What stands before the words of the sub-agent: what was seen of its work. It comes first, so that nothing that is said
 * can be taken for it.
 */
export function seenText(
  report: SubAgentReport,
  facts: {
    agent: string
    status: TurnEnd['status']
    steps: number
    checks: ChildRecord['checks']
    files: readonly FileEffect[]
  },
): string {
  return [
    `[sub-agent ${facts.agent}: ${facts.status}, ${facts.steps} steps; journal ${report.handles.join(', ')}]`,
    ...(facts.files.length === 0 ? ['No file changed while it worked.'] : []),
    ...listed(
      'Files changed while it worked',
      facts.files.map(({ path, op }) => (op === 'deleted' ? `${path} (deleted)` : path)),
    ),
    ...listed(
      'Checks that ran',
      [...facts.checks.values()].map(
        ({ command, ok, exit }) => `${command}: ${ok ? 'passed' : 'failed'} (exit ${exit ?? 'none'})`,
      ),
    ),
    ...listed('Left open by it', report.questions),
    'What it says:',
  ].join('\n')
}
