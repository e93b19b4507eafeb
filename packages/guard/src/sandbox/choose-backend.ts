import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { GuardError } from '../errors.ts'
import type { Backend, CommandLine, FindTool } from './backend.ts'
import { bubblewrap } from './bubblewrap.ts'
import type { BubblewrapFeatures } from './bubblewrap.ts'
import { hostMounts } from './host-mounts.ts'
import { installCommand } from './install-hint.ts'
import { runLaunch } from './run-launch.ts'
import { seccompFilter } from './seccomp-filter.ts'
import { deviceNames, kernelFiles, utilLinux } from './util-linux.ts'

/** From the strongest down; each one is tried by running it. */
const bubblewrapLadder: readonly BubblewrapFeatures[] = [
  { proc: true, disableUserns: true, size: true },
  { proc: false, disableUserns: true, size: true },
  { proc: true, disableUserns: false, size: true },
  { proc: false, disableUserns: false, size: true },
  { proc: true, disableUserns: false, size: false },
  { proc: false, disableUserns: false, size: false },
]

/**
 * The strongest backend that works here, found by running `trial` (a command that only succeeds) with each candidate.
 * Throws `no-sandbox` with the command that installs one.
 */
export const chooseBackend = (input: Choice): Backend => {
  const failures: string[] = []
  for (const backend of candidates(input)) {
    const failure = run(backend, input.trial)
    if (failure === null) return backend
    failures.push(`${backend.name}: ${failure}`)
  }
  throw noBackend(failures)
}

/** The same without blocking the process while a trial runs. */
export const chooseBackendBeside = async (input: Choice): Promise<Backend> => {
  const failures: string[] = []
  for (const backend of candidates(input)) {
    const failure = await runBeside(backend, input.trial)
    if (failure === null) return backend
    failures.push(`${backend.name}: ${failure}`)
  }
  throw noBackend(failures)
}

export interface Choice {
  find: FindTool
  dataDir: string
  arch: string
  root: boolean
  trial: CommandLine
}

const noBackend = (failures: readonly string[]): GuardError => {
  const why =
    failures.length === 0
      ? 'neither bubblewrap nor util-linux (unshare, setpriv, mount) was found'
      : [...new Set(failures)].join('; ')
  return new GuardError(
    'no-sandbox',
    `Commands cannot be run, because no boundary can be drawn around them: ${why}`,
    failures.some((failure) => failure.startsWith('bubblewrap'))
      ? 'Allow user namespaces: `sysctl user.max_user_namespaces` must not be 0, `kernel.unprivileged_userns_clone` not 0 where it exists, and a container needs its default seccomp profile lifted (--security-opt seccomp=unconfined) or to be run as another user.'
      : `Install bubblewrap: ${installCommand(osRelease())}.`,
  )
}

/** Those that leave nothing out come first, whichever tool draws them: what one lacks here another may have. */
const candidates = (input: Choice): Backend[] =>
  [...everyBackend(input)].toSorted((a, b) => a.weaker.length - b.weaker.length)

function* everyBackend(input: Choice): Generator<Backend> {
  const { find, dataDir, arch } = input
  const filter = seccompFilter(arch)
  const present = kernelFiles.filter((path) => existsSync(path))
  const bwrap = find('bwrap')
  if (bwrap !== null) {
    const file = filter === null ? null : join(dataDir, `seccomp-${arch}.bpf`)
    if (file !== null && filter !== null) writeFileSync(file, filter, { mode: 0o600 })
    for (const features of bubblewrapLadder) yield bubblewrap(bwrap, features, file, present)
  }
  const [unshare, setpriv, mount, chroot] = [find('unshare'), find('setpriv'), find('mount'), find('chroot')]
  if (unshare === null || setpriv === null || mount === null || chroot === null) return
  const root = join(dataDir, 'root')
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const saveTable = tableStore(join(dataDir, 'views'))
  const devices = deviceTemplate(join(dataDir, 'dev'))
  for (const userNamespace of input.root ? [false, true] : [true]) {
    for (const proc of [true, false]) {
      const tools = { unshare, setpriv, mount, chroot, perl: find('perl'), ip: find('ip') }
      yield utilLinux({
        tools,
        features: { userNamespace, proc },
        root,
        devices,
        filter,
        arch,
        kernelFiles: present,
        hostMounts,
        saveTable,
      })
    }
  }
}

/** Files named by the hash of their text: views seldom change, so most launches write nothing. */
const tableStore = (folder: string) => {
  const saved = new Set<string>()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return (text: string): string => {
    const file = join(folder, createHash('sha256').update(text).digest('hex').slice(0, 32))
    if (!saved.has(file)) {
      const draft = `${file}.${process.pid}`
      writeFileSync(draft, text, { mode: 0o600 })
      renameSync(draft, file)
      saved.add(file)
    }
    return file
  }
}

/** An empty /dev with the names that get something mounted, and the usual links. */
const deviceTemplate = (folder: string): string => {
  for (const name of ['pts', 'shm']) mkdirSync(join(folder, name), { recursive: true })
  for (const name of deviceNames) writeFileSync(join(folder, name), '')
  const links = { fd: '/proc/self/fd', stdin: 'fd/0', stdout: 'fd/1', stderr: 'fd/2', ptmx: 'pts/ptmx' }
  for (const [name, target] of Object.entries(links)) {
    try {
      readlinkSync(join(folder, name))
    } catch {
      // Another process may make the same one now: the last rename wins, and both are right.
      const draft = join(folder, `${name}.${process.pid}`)
      symlinkSync(target, draft)
      renameSync(draft, join(folder, name))
    }
  }
  return folder
}

/** Null when the command ran, else what the launcher said. */
const run = (backend: Backend, trial: CommandLine): string | null => {
  const { file, args, fds } = backend.command(trial)
  const opened = fds.map(({ path }) => openSync(path, 'r'))
  try {
    const result = spawnSync(file, args, {
      cwd: '/',
      env: {},
      stdio: ['ignore', 'ignore', 'pipe', ...opened],
      timeout: 10_000,
    })
    if (result.status === 0) return null
    return (
      result.stderr?.toString().trim().slice(0, 400) || (result.error?.message ?? `exit ${result.status}`)
    )
  } finally {
    for (const fd of opened) closeSync(fd)
  }
}

/** The same without blocking the process. */
export const runBeside = async (backend: Backend, trial: CommandLine): Promise<string | null> => {
  const launch = { ...backend.command(trial), env: {}, cwd: '/', view: '' }
  const { code, output } = await runLaunch(launch, 10_000)
  return code === 0 ? null : output.trim().slice(0, 400) || `exit ${code}`
}

const osRelease = (): string => {
  try {
    return readFileSync('/etc/os-release', 'utf8')
  } catch {
    return ''
  }
}
