import { safeGit, type SafeGitResult } from '@cairn/guard'
import { CampaignError } from '../errors.ts'

interface GitOptions {
  input?: string | Uint8Array
  env?: Record<string, string>
  signal?: AbortSignal
}

const TIMEOUT_MS = 600_000
const MAX_TRIES = 3

/** Runs git where a non-zero exit is an expected outcome. Throws `CampaignError` `killed` where a signal ended it. */
export async function tryGit(
  cwd: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<SafeGitResult> {
  // Ended from outside, such as by a machine that is out of memory: that says nothing about the repository.
  const killed = (signal: string, cause: unknown) =>
    new CampaignError(
      'killed',
      `git ${args[0] ?? ''} in ${cwd} was ended by ${signal}.`,
      'See whether the machine has enough memory, then resume the campaign.',
      { cause },
    )
  let result: SafeGitResult
  try {
    result = await safeGit(args, { cwd, timeoutMs: TIMEOUT_MS, ...options })
  } catch (error) {
    const signal: unknown = error instanceof Error ? Reflect.get(error, 'signal') : null
    throw typeof signal === 'string' ? killed(signal, error) : error
  }
  // One git starts another.
  const inner = result.code === 0 ? null : /died of (signal \d+)/u.exec(result.stderr)
  if (inner !== null) throw killed(inner[1] ?? 'a signal', result.stderr)
  return result
}

/** Runs git where a failure is no expected outcome. Throws `CampaignError` `git`, or `killed` where a signal ended it. */
export async function git(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const { code, stdout, stderr } = await tryGit(cwd, args, options)
  if (code === 0) return stdout
  throw new CampaignError(
    'git',
    `git ${args[0] ?? ''} failed in ${cwd}: ${stderr.trim().slice(0, 2_000)}`,
    'Look at the repository, then resume the campaign.',
  )
}

/** Does again what a signal from outside has ended. `work` has to bear what an ended git left behind, such as its locks. */
export async function unlessKilled<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!CampaignError.isInstance(error) || error.code !== 'killed' || tries >= MAX_TRIES) throw error
    }
  }
}

/** The one line that git prints. */
export const gitLine = async (
  cwd: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> => (await git(cwd, args, options)).toString('utf8').trim()

/** Names ended by NUL, as `-z` prints them. */
export const gitNames = async (cwd: string, args: readonly string[]): Promise<string[]> =>
  (await unlessKilled(() => git(cwd, args))).toString('utf8').split('\0').filter(Boolean)

/** The commit of a revision; null where there is none. */
export async function commitOf(cwd: string, revision: string): Promise<string | null> {
  const { code, stdout } = await unlessKilled(() =>
    tryGit(cwd, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]),
  )
  return code === 0 ? stdout.toString('utf8').trim() : null
}

/** The folder that all worktrees of a repository share. Absolute. */
export const commonFolder = (cwd: string): Promise<string> =>
  unlessKilled(() => gitLine(cwd, ['rev-parse', '--path-format=absolute', '--git-common-dir']))
