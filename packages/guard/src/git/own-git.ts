import { execFile } from 'node:child_process'
import { delimiter, isAbsolute, join } from 'node:path'
import { GuardError } from '../errors.ts'
import { findTool } from '../sandbox/find-tool.ts'
import { locateRepository, type Repository } from './locate-repository.ts'
import { readConfig, type SafeGitResult } from './safe-git.ts'
import { unsafeConfig } from './unsafe-config.ts'

/** git as the person has set it up on this machine: their name, signature, filters and line ends. */
export interface OwnGit {
  readonly repository: Repository
  /** Runs git in the root of the working tree. `index`: another index file. A non-zero exit is a result, not an error. */
  run(
    args: readonly string[],
    options?: { input?: string | Uint8Array; index?: string },
  ): Promise<SafeGitResult>
  /** The value of a setting as git would use it, null where it has none. `type`: as of `git config --type`. */
  setting(key: string, type?: 'path' | 'bool'): Promise<string | null>
}

/** Nothing that a repository ships starts: hooks may lie in it, and what they call mostly does. */
const overrides = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.pager=cat',
  'core.editor=true',
  'core.askPass=',
  'core.sshCommand=false',
  'diff.external=',
  'interactive.diffFilter=',
  'protocol.allow=never',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
]
/** Variables that would lead git to another repository, index or configuration of this one process. */
const misleading =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|PREFIX|EXTERNAL_DIFF|CONFIG|CONFIG_(?:COUNT|PARAMETERS|(?:KEY|VALUE)_\d+))$/u
/** Programs that sign, where the repository itself names them. */
const signers = /^gpg\.(?:.*\.)?(?:program|defaultkeycommand)$/u

/**
 * Opens the repository around `cwd` with the person's own configuration, which `safeGit` leaves out. For what a person
 * ordered and what must be as if they had done it; it runs outside of the sandbox. Unless `hooks`, the configuration of the
 * repository must not be able to start a program (`unsafe-git` is thrown), and no hook runs. With `hooks` nothing is held
 * back: it is what typing the command would be. Null where there is no repository.
 */
export const openOwnGit = async (options: {
  cwd: string
  env: NodeJS.ProcessEnv
  hooks: boolean
}): Promise<OwnGit | null> => {
  const { cwd, env, hooks } = options
  const repository = locateRepository(cwd)
  if (repository === null) return null
  const { root, gitDir, commonDir } = repository
  if (!hooks)
    for (const folder of new Set([commonDir, gitDir]))
      for (const name of ['config', 'config.worktree']) await refuseUnsafe(join(folder, name))
  // A git that a package put in front of PATH is not taken.
  const git = findTool((env['PATH'] ?? '').split(delimiter).filter(isAbsolute))('git')
  if (git === null) throw new GuardError('unsafe-git', 'git was not found', 'Install git.')
  const kept = Object.entries(env).filter(([name]) => !misleading.test(name))
  const start = (
    args: readonly string[],
    { input = '', index }: { input?: string | Uint8Array; index?: string } = {},
  ): Promise<SafeGitResult> =>
    new Promise((resolve, reject) => {
      const child = execFile(
        git,
        ['--no-pager', '--no-optional-locks', ...args],
        {
          cwd: root,
          env: {
            ...Object.fromEntries(kept),
            GIT_TERMINAL_PROMPT: '0',
            ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
          },
          encoding: 'buffer',
          maxBuffer: 2 ** 30,
        },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : error.code
          if (typeof code === 'number') resolve({ code, stdout, stderr: stderr.toString('utf8') })
          else reject(error)
        },
      )
      child.stdin?.on('error', () => {})
      child.stdin?.end(input)
    })
  // Named, not left to git to find; but hooks that look at other repositories must not be led back to this one.
  const held = hooks
    ? []
    : [`--git-dir=${gitDir}`, `--work-tree=${root}`, ...overrides.flatMap((pair) => ['-c', pair])]
  return {
    repository,
    run: (args, choice) => start([...held, ...args], choice),
    async setting(key, type) {
      const { code, stdout } = await start([
        'config',
        ...(type === undefined ? [] : [`--type=${type}`]),
        '--get',
        key,
      ])
      return code === 0 ? stdout.toString('utf8').replace(/\n$/u, '') : null
    },
  }
}

const refuseUnsafe = async (file: string) => {
  const entries = await readConfig(file)
  // An absent file is no entry; git says so in its own words, and says it again where it matters.
  if (typeof entries === 'string') return
  const signer = entries.find(([key]) => signers.test(key.toLowerCase()))?.[0]
  const why = signer === undefined ? unsafeConfig(entries) : `${signer} starts a program`
  if (why === null) return
  throw new GuardError(
    'unsafe-git',
    `git is not run here: ${file}: ${why}`,
    'Look at the setting; if it is yours, say that your own git may do all it would do (--hooks).',
  )
}
