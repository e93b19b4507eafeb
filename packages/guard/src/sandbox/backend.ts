import type { FileView } from './mount.ts'
import type { ChildFd } from './sandbox.ts'

/** Finds a program: its absolute path, or null. */
export type FindTool = (name: string) => string | null

export interface Limits {
  /** Largest file a command may write, in bytes. */
  fileBytes: number
  /** Most processes of one command; the kernel does not apply it to the host's root. */
  processes: number
  /** Address space of one process in bytes; null leaves it open, because run times reserve far more than they use. */
  memoryBytes: number | null
  /** Size of each private folder in memory, in bytes. */
  tmpBytes: number
}

export const defaultLimits: Limits = {
  fileBytes: 4 * 2 ** 30,
  processes: 4096,
  memoryBytes: null,
  tmpBytes: 2 ** 30,
}

/** What a backend needs to write a command line. */
export interface CommandLine {
  view: FileView
  /** An empty folder on the host. */
  blank: string
  env: Record<string, string>
  cwd: string
  argv: readonly string[]
  limits: Limits
  /** Whether the command gets a terminal, and so must stay in the launcher's session for job control. */
  terminal: boolean
}

/** A way to draw the boundary. `command` is pure; what the machine allows was found out before. */
export interface Backend {
  readonly name: 'bubblewrap' | 'util-linux'
  /** What this backend had to leave out on this machine, in words. */
  readonly weaker: readonly string[]
  command(line: CommandLine): { file: string; args: string[]; fds: ChildFd[] }
}

/**
 * The first process inside: sets limits, then becomes the command. dash and bash name the process limit differently;
 * sizes are in units of 512 bytes in both, since bash follows POSIX when it is started as `sh`.
 */
export const limitScript = (limits: Limits, run: string): string => {
  const lines = [
    'ulimit -c 0',
    `ulimit -f ${Math.ceil(limits.fileBytes / 512)}`,
    `ulimit -u ${limits.processes} 2>/dev/null || ulimit -p ${limits.processes} 2>/dev/null`,
  ]
  if (limits.memoryBytes !== null) lines.push(`ulimit -v ${Math.ceil(limits.memoryBytes / 1024)}`)
  return [...lines, run].join('\n')
}
