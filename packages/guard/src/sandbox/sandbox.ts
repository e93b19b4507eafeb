/** A file descriptor that the child needs: its number in the child, and the path to open read-only for it. */
export interface ChildFd {
  fd: number
  path: string
}

/** What to start: the sandbox only writes the command line, `terminal` spawns it. */
export interface Launch {
  file: string
  args: string[]
  /** The whole environment of the launcher process; the command's own environment is set by the sandbox. */
  env: Record<string, string>
  cwd: string
  fds: ChildFd[]
  /** Two launches with equal fields show the same files: a sandbox started from the one serves a request for the other. */
  view: string
}

export interface SandboxRequest {
  /** Program and arguments as they will run inside. */
  argv: string[]
  /** Absolute; must lie in the workspace. */
  cwd: string
  /** Extra environment, on top of the allow-list. */
  env?: Record<string, string>
  /**
   * Host folder that is shown in place of the workspace, writable; the workspace itself is then not touched. Such a command
   * has a network of its own, so that the same server can run in several copies.
   */
  overlay?: string
  /** Whether standard input and output will be a terminal: keeps the launcher's session, for job control. */
  terminal?: boolean
}

/** `full`: all checks of the probe hold. `partial`: named checks do not. `none`: commands must be refused. */
export type SandboxLevel = 'full' | 'partial' | 'none'

export interface ProbeReport {
  backend: 'bubblewrap' | 'util-linux' | 'none'
  level: SandboxLevel
  checks: { name: string; held: boolean; detail: string }[]
  /** What to do when the level is not full. */
  hint: string | null
  /** What else holds for commands here, and how it is held: network, processes, memory, files, time. */
  facts: { name: 'network' | 'egress' | 'processes' | 'memory' | 'files'; holds: boolean; detail: string }[]
}

/** The port for a boundary around commands. */
export interface Sandbox {
  readonly backend: ProbeReport['backend']
  readonly workspace: string
  launch(request: SandboxRequest): Launch
  /** Runs real escape attempts; the result is cached for the life of this object. */
  probe(): Promise<ProbeReport>
  /** Removes what the sandbox left behind on the host (mount points of masked files). */
  close(): Promise<void>
}
