import { selectionCommand, selectTests, type Selection } from '@cairn/checks'
import { readChanges } from './read-changes.ts'

/** The tests that the changes since a commit can concern. */
export interface ImpactedTests extends Selection {
  /** Runs these tests and no others; null where there is none to run, or only the whole check will do. */
  command: string | null
  changed: string[]
}

/**
 * Chooses tests by what differs from a commit.
 *
 * @param check the command of the whole check
 * @param root folder that it runs in
 * @param since commit, branch or tag; default `HEAD`
 */
export async function findImpactedTests(check: string, root: string, since = 'HEAD'): Promise<ImpactedTests> {
  const found = await readChanges(root, since)
  if (typeof found === 'string') return { tests: [], whole: found, command: null, changed: [] }
  const { texts, changed } = found
  const { tests, whole } = selectTests(texts, changed)
  if (whole !== null || tests.length === 0) return { tests, whole, command: null, changed }
  const command = selectionCommand(
    check,
    root,
    tests.map(({ path }) => path),
  )
  if (command === null)
    return { tests, whole: `\`${check}\` cannot be asked for some of its tests`, command, changed }
  return { tests, whole, command, changed }
}

const SHOWN = 40

/** A selection in words. */
export function describeImpactedTests(check: string, found: ImpactedTests): string {
  const { tests, whole, command, changed } = found
  if (whole !== null) return `Run the whole check, \`${check}\`: ${whole}.`
  if (changed.length === 0) return 'Nothing differs from the commit, so no test is concerned.'
  if (command === null) return 'No test is concerned: only prose was changed, or tests were removed.'
  const lines = tests
    .slice(0, SHOWN)
    .map(({ path, because }) => `${path}  (${path === because ? 'changed' : `reaches ${because}`})`)
  const more = tests.length > SHOWN ? [`… and ${tests.length - SHOWN} more`] : []
  return [command, '', ...lines, ...more].join('\n')
}
