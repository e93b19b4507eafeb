import { safeGit } from '@cairn/guard'
import { CampaignError } from '../errors.ts'

interface GitOptions {
  input?: string | Uint8Array
  env?: Record<string, string>
  signal?: AbortSignal
}

const TIMEOUT_MS = 600_000

/** Runs git by `safeGit`, where a failure is no expected outcome. Throws `CampaignError` `git`. */
export async function git(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const { code, stdout, stderr } = await safeGit(args, { cwd, timeoutMs: TIMEOUT_MS, ...options })
  if (code === 0) return stdout
  throw new CampaignError(
    'git',
    `git ${args[0] ?? ''} failed in ${cwd}: ${stderr.trim().slice(0, 2_000)}`,
    'Look at the repository, then resume the campaign.',
  )
}

/** The one line that git prints. */
export const gitLine = async (
  cwd: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> => (await git(cwd, args, options)).toString('utf8').trim()

/** Names ended by NUL, as `-z` prints them. */
export const gitNames = async (cwd: string, args: readonly string[]): Promise<string[]> =>
  (await git(cwd, args)).toString('utf8').split('\0').filter(Boolean)

/** The commit of a revision; null where there is none. */
export async function commitOf(cwd: string, revision: string): Promise<string | null> {
  const { code, stdout } = await safeGit(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], {
    cwd,
  })
  return code === 0 ? stdout.toString('utf8').trim() : null
}
