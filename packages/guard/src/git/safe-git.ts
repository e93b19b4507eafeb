import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { GuardError } from '../errors.ts'
import { findTool } from '../sandbox/find-tool.ts'
import { locateRepository, type Repository } from './locate-repository.ts'
import { unsafeConfig } from './unsafe-config.ts'

export interface SafeGitOptions {
  /** Absolute. */
  cwd: string
  /** A repository of the harness's own, away from any workspace. Default: the one that `cwd` is in. */
  repository?: Repository
  /** Standard input. */
  input?: string | Uint8Array
  /** Only names that choose an index, an object folder, or who and when: see `allowedEnv`. */
  env?: Record<string, string>
  /** Largest output in bytes. Default 256 MiB. */
  maxBytes?: number
  /** Default 60,000 ms. */
  timeoutMs?: number
  signal?: AbortSignal
}

export interface SafeGitResult {
  code: number
  stdout: Buffer
  stderr: string
}

/** What wins over any configuration file: nothing that git starts by itself is left. */
const overrides = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.editor=true',
  'sequence.editor=true',
  'core.askPass=',
  'core.sshCommand=false',
  'core.attributesFile=/dev/null',
  'diff.external=',
  'diff.ignoreSubmodules=all',
  'interactive.diffFilter=',
  'credential.helper=',
  'protocol.allow=never',
  'submodule.recurse=false',
  'commit.gpgSign=false',
  'tag.gpgSign=false',
  'log.showSignature=false',
  'gpg.program=false',
  'gpg.ssh.program=false',
  'gpg.x509.program=false',
  'gc.auto=0',
  'maintenance.auto=false',
  // Who owns the files says nothing about what is in them; the configuration is looked at instead.
  'safe.directory=*',
]

const commands = new Set(
  `add apply blame branch cat-file check-attr check-ignore checkout checkout-index clean commit commit-tree describe diff
  diff-files diff-index diff-tree for-each-ref grep hash-object init log ls-files ls-tree merge-base merge-tree mktree mv
  name-rev pack-objects read-tree reset restore rev-list rev-parse rm show show-ref stash status switch symbolic-ref tag unpack-objects update-index
  update-ref worktree write-tree`.split(/\s+/u),
)

const showsDiffs = new Set(['diff', 'diff-files', 'diff-index', 'diff-tree', 'log', 'show'])

/** Options of those commands that start programs or write to any file. */
const refusedOption =
  /^(?:--(?:upload-pack|receive-pack|exec|ext-diff|textconv|open-files-in-pager|output|filters|template|separate-git-dir|edit|gpg-sign)(?:=|$)|-O)/u

const allowedEnv =
  /^GIT_(?:INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE))$/u

const environment = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
}

/**
 * Runs git on the host for the harness, in a repository whose files a sandboxed command may have written. Throws
 * `unsafe-git` where the repository's configuration could start a program, or the arguments could. A non-zero exit of
 * git is a result, not an error.
 */
export const safeGit = async (args: readonly string[], options: SafeGitOptions): Promise<SafeGitResult> => {
  const [command = '', ...rest] = args
  checkArguments(command, rest)
  for (const name of Object.keys(options.env ?? {})) {
    if (!allowedEnv.test(name)) refuse(`${name} may not be set`)
  }
  const settings = overrides.flatMap((pair) => ['-c', pair])
  if (command === 'init') return run([...settings, command, '--template=', ...rest], options)
  const repository = options.repository ?? locateRepository(options.cwd)
  if (repository === null)
    return { code: 128, stdout: Buffer.alloc(0), stderr: `not a git repository: ${options.cwd}` }
  const { root, gitDir, commonDir } = repository
  for (const folder of new Set([commonDir, gitDir])) {
    for (const file of ['config', 'config.worktree']) await checkConfig(join(folder, file))
  }
  // Named, not left to git to find: a command may have made a folder look like a repository to git, but not to us.
  const where = [`--git-dir=${gitDir}`, `--work-tree=${root}`]
  const diffFlags = showsDiffs.has(command) ? ['--no-ext-diff', '--no-textconv'] : []
  return run([...where, ...settings, command, ...diffFlags, ...rest], options)
}

const checkArguments = (command: string, rest: readonly string[]) => {
  if (!commands.has(command)) refuse(`"git ${command}" is not one of the commands that may be used`)
  const end = rest.indexOf('--')
  const bad = rest.slice(0, end === -1 ? rest.length : end).find((argument) => refusedOption.test(argument))
  if (bad !== undefined) refuse(`the option ${bad} may not be used`)
}

/** Files that were found harmless, by their identity and time, so that each is read once. */
const harmless = new Map<string, string>()

const checkConfig = async (file: string) => {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (stat === undefined) return
  const identity = `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`
  if (harmless.get(file) === identity) return
  const entries = await readConfig(file)
  if (typeof entries === 'string') refuse(`${file} cannot be read: ${entries}`)
  const why = unsafeConfig(entries)
  if (why !== null) refuse(`${file}: ${why}`)
  if (harmless.size > 256) harmless.clear()
  harmless.set(file, identity)
}

/** The settings of one configuration file, or what git says about it. Follows no include and starts nothing. */
export const readConfig = async (file: string): Promise<[key: string, value: string][] | string> => {
  const { code, stdout, stderr } = await run(['config', '--file', file, '--no-includes', '--list', '-z'], {
    cwd: '/',
  })
  if (code !== 0) return stderr.trim()
  return stdout
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map((entry): [string, string] => {
      const newline = entry.indexOf('\n')
      return newline === -1 ? [entry, ''] : [entry.slice(0, newline), entry.slice(newline + 1)]
    })
}

const run = (args: readonly string[], options: SafeGitOptions): Promise<SafeGitResult> => {
  const git = findTool([])('git')
  if (git === null)
    throw new GuardError('unsafe-git', 'git was not found in the system folders', 'Install git.')
  return new Promise((resolve, reject) => {
    const child = execFile(
      git,
      ['--no-pager', '--no-optional-locks', ...args],
      {
        cwd: options.cwd,
        env: { ...environment, ...options.env },
        encoding: 'buffer',
        maxBuffer: options.maxBytes ?? 2 ** 28,
        timeout: options.timeoutMs ?? 60_000,
        killSignal: 'SIGKILL',
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code
        if (typeof code === 'number') resolve({ code, stdout, stderr: stderr.toString('utf8') })
        else reject(error)
      },
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input ?? '')
  })
}

function refuse(why: string): never {
  throw new GuardError(
    'unsafe-git',
    `git is not run for the harness: ${why}`,
    'Remove the setting from the repository, or move it to your own configuration.',
  )
}
