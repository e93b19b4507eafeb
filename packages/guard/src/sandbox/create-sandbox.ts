import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Egress } from '../egress/create-egress.ts'
import { GuardError } from '../errors.ts'
import { defaultLimits } from './backend.ts'
import type { Backend, CommandLine, FindTool, Limits } from './backend.ts'
import { chooseBackend, chooseBackendBeside } from './choose-backend.ts'
import { fileView } from './file-view.ts'
import { findTool } from './find-tool.ts'
import { gitIdentityFolder } from './git-identity.ts'
import { isInside } from './is-inside.ts'
import { plainLookUp, realOrNull } from './look-up.ts'
import type { LookUp } from './look-up.ts'
import type { FileView } from './mount.ts'
import { mountStubs } from './mount-stubs.ts'
import { pendingRepository } from './pending-repository.ts'
import { rememberView } from './remember-view.ts'
import { probeSandbox } from './probe-sandbox.ts'
import type { Launch, ProbeReport, Sandbox, SandboxRequest } from './sandbox.ts'
import { openSessionBoundary } from './session-boundary.ts'
import type { SessionBoundary } from './session-boundary.ts'
import { pathFolders, sandboxEnvironment, withheldValues } from './sandbox-environment.ts'

export interface SandboxOptions {
  /** Absolute. */
  workspace: string
  /** The user's home folder: replaced by an empty one, apart from tools. */
  home: string
  /** The host's environment; commands get an allow-list of it. */
  env: Record<string, string | undefined>
  /** cairn's data folder: hidden from commands, and used for the sandbox's own files. Created if missing. */
  dataDir: string
  /** How tools are looked up, to choose a backend. Default: the system's folders, then PATH. */
  find?: FindTool
  /** Host folders below a hidden one that commands may read. */
  extraReadable?: readonly string[]
  limits?: Partial<Limits>
  /** The way out, if there is one. Commands have it once the sandbox was probed; it is closed with the sandbox. */
  egress?: Egress | null
  /** A clock that never goes back, in milliseconds. Default: that of the process. */
  now?: () => number
}

/**
 * A boundary around commands: no network but the way out of `egress`, no files writable but the workspace and private temporary folders, no
 * secrets, no other processes, a cleared environment. Nothing is started before the first `launch` or `probe`.
 */
export const createSandbox = (options: SandboxOptions): Sandbox => {
  const workspace = realpathSync(options.workspace)
  mkdirSync(join(options.dataDir, 'blank'), { recursive: true, mode: 0o700 })
  const dataDir = realpathSync(options.dataDir)
  const home = realOrNull(options.home) ?? options.home
  const path = pathFolders(options.env)
  const root = process.getuid?.() === 0
  const find = options.find ?? findTool(path)
  const limits = { ...defaultLimits, ...options.limits }
  const extraReadable = (options.extraReadable ?? []).map(realOrNull).filter((folder) => folder !== null)
  const gitFolder = gitIdentityFolder(home, dataDir)
  const stubs = mountStubs(dataDir, workspace, process.pid)
  const pending = pendingRepository(dataDir, workspace)

  const look = (overlay: string | undefined, by: LookUp): FileView => {
    const seen = fileView(
      {
        workspace,
        home,
        dataDir,
        path,
        node: process.execPath,
        extraReadable,
        gitFolder,
        pendingGit: pending.folder,
        root,
        tmpBytes: limits.tmpBytes,
        ...(overlay === undefined ? {} : { overlay: realpathSync(overlay) }),
      },
      by,
    )
    const failed = stubs.ensure(seen.stubs)
    if (failed.size === 0) return seen
    // A name that cannot be created by us cannot be created by a command either: it runs as the same user.
    const without = new Set([...failed].map((stub) => stub.replace(/\/$/u, '')))
    return {
      ...seen,
      mounts: seen.mounts.filter((mount) => mount.kind === 'private' || !without.has(target(mount))),
    }
  }

  const own = rememberView((by) => look(undefined, by), options.now ?? (() => performance.now()))
  const view = (overlay: string | undefined): FileView =>
    overlay === undefined ? own() : look(overlay, plainLookUp)

  let session: SessionBoundary | null = null
  const line = (request: SandboxRequest): CommandLine => {
    refuseHome(workspace, home)
    return lineOf(request)
  }
  const lineOf = (request: SandboxRequest): CommandLine => ({
    view: view(request.overlay),
    blank: join(dataDir, 'blank'),
    ...together(session, request),
    env: sandboxEnvironment(options.env, home, {
      ...(request.overlay === undefined ? session?.env : {}),
      ...request.env,
    }),
    cwd: workingFolder(request.cwd, workspace, request.overlay),
    argv: request.argv,
    limits: session?.capsMemory === true ? { ...limits, memoryBytes: null } : limits,
    terminal: request.terminal ?? false,
  })

  let chosen: Backend | null = null
  const choice = () => ({
    find,
    dataDir,
    arch: process.arch,
    root,
    trial: line({ argv: ['/bin/sh', '-c', ':'], cwd: workspace }),
  })
  const backend = (): Backend => (chosen ??= chooseBackend(choice()))
  const prepare = async () => {
    refuseHome(workspace, home)
    // What a session that was killed left: nobody else can still be at work in it.
    if (stubs.alone()) await pending.adopt()
    chosen ??= await chooseBackendBeside(choice())
    session ??= await openSessionBoundary({
      find,
      backend: chosen,
      trial: choice().trial,
      limits,
      egress: options.egress ?? null,
    })
  }

  const launch = (request: SandboxRequest): Launch => {
    const wanted = line(request)
    const { file, args, fds } = backend().command(wanted)
    // The launcher itself needs nothing from the host's environment, and must not load what a request names.
    return {
      file,
      args,
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
      cwd: '/',
      fds,
      view: wanted.view.identity,
    }
  }

  let report: Promise<ProbeReport> | null = null
  return {
    get backend() {
      try {
        return backend().name
      } catch (error) {
        if (error instanceof GuardError) return 'none'
        throw error
      }
    },
    workspace,
    launch,
    probe: () =>
      (report ??= probeSandbox({
        launch,
        prepare,
        backend,
        workspace,
        home,
        dataDir,
        withheld: withheldValues(options.env),
        unpinned: () => view(undefined).unpinned,
        session: () => session,
      })),
    async close() {
      if (report !== null) await report.catch(() => null)
      await session?.close()
      if (stubs.alone()) await pending.adopt()
      stubs.close()
    },
  }
}

/** A home folder as workspace would put keys, shell start files and every other project within reach of commands. */
const refuseHome = (workspace: string, home: string) => {
  if (!isInside(workspace, home)) return
  throw new GuardError(
    'refused',
    workspace === home
      ? `${workspace} is your home folder, which cannot be a workspace: commands could change your shell and read your keys`
      : `${workspace} holds your home folder ${home}, so it cannot be a workspace`,
    'Start in the folder of a project, or name one with --cwd.',
  )
}

/** What a command is started with: copies of the workspace have networks of their own, but are counted with the rest. */
const together = (session: SessionBoundary | null, { overlay }: SandboxRequest) => {
  if (session === null) return { enter: [], inNetwork: false }
  return overlay === undefined
    ? { enter: session.enter, inNetwork: session.inNetwork }
    : { enter: session.enterAlone, inNetwork: false }
}

const target = (mount: FileView['mounts'][number]) => (mount.kind === 'bind' ? mount.to : mount.path)

const workingFolder = (cwd: string, workspace: string, overlay: string | undefined): string => {
  const real = overlay === undefined ? realOrNull(cwd) : cwd
  if (real !== null && isInside(workspace, real) && !real.split('/').includes('..')) return real
  throw new GuardError(
    'refused',
    `Working folder ${cwd} is not a folder in the workspace ${workspace}`,
    'Use a folder inside the workspace.',
  )
}
