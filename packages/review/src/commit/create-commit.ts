import type { OwnGit } from '@cairn/guard'
import { ReviewError } from '../review-error.ts'
import type { CommitPlan } from './plan-commit.ts'
import { failed } from './work-state.ts'

export interface CreatedCommit {
  commit: string
  /** Something that went wrong after the commit was made; null where nothing did. */
  problem: string | null
}

/**
 * Makes the commit of a plan with the person's own git. What else is staged stays staged, and where it fails nothing has
 * changed. Throws `ReviewError` `not-committed`.
 */
export async function createCommit(git: OwnGit, plan: CommitPlan): Promise<CreatedCommit> {
  const { head, index, message } = plan
  const at = index === undefined ? {} : { index }
  const now = await git.run(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])
  if ((now.code === 0 ? now.stdout.toString('utf8').trim() : null) !== head)
    throw new ReviewError(
      'not-committed',
      'Nothing was committed: somebody else made a commit at the same time.',
      'Run the command again.',
    )
  const made = await git.run(['commit', '--quiet', '--cleanup=whitespace', '--file=-'], {
    input: message,
    ...at,
  })
  if (made.code !== 0) throw failed('commit', made.stderr || made.stdout.toString('utf8'))
  const commit = (await git.run(['rev-parse', 'HEAD'])).stdout.toString('utf8').trim()
  if (index === undefined) return { commit, problem: null }
  // The person's index still holds what these files were before; a hook may have added others.
  const listed = await git.run(['diff-tree', '--root', '--no-commit-id', '--name-only', '-r', '-z', commit])
  const synced = await git.run(
    ['--literal-pathspecs', 'reset', '--quiet', '--pathspec-from-file=-', '--pathspec-file-nul'],
    { input: listed.stdout },
  )
  const wrong = [listed, synced].find(({ code }) => code !== 0)
  return {
    commit,
    problem:
      wrong === undefined ? null : `the index still holds the files as they were: ${wrong.stderr.trim()}`,
  }
}
