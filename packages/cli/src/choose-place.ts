import { newPlace, oldPlace, type SessionPlace } from '@cairn/server'
import type { Invocation } from './command.ts'
import { UsageError } from './usage-error.ts'

/** Where a session works: a new one as the options say, one that is gone on with where it was. */
export async function choosePlace(
  { io, values }: Pick<Invocation, 'io' | 'values'>,
  where: { cwd: string; dataDir: string; sessionId: string },
  /** Journal of the session that is gone on with; null for a new one. */
  journal: string | null,
): Promise<SessionPlace> {
  const [worktree, carry] = [values['worktree'] === true, values['carry'] === true]
  if (journal !== null && (worktree || carry))
    throw new UsageError('--worktree is for new sessions', 'This one goes on where it was.')
  if (carry && !worktree)
    throw new UsageError('--carry needs --worktree', 'It takes uncommitted changes along into one.')
  if (journal === null) return newPlace({ ...where, env: io.env, worktree, carry })
  return oldPlace({ ...where, env: io.env, journal })
}
