import type { FileView } from './mount.ts'
import type { ChildFd } from './sandbox.ts'

/** Finds a program: its absolute path, or null. */
export type FindTool = (name: string) => string | null

export interface Limits {
  /** Largest file a command may write, in bytes. */
  fileBytes: number
  /**
   * Most processes of all commands together, where control groups can be made; else of each command, which the kernel does
   * not apply to the host's root.
   */
  processes: number
  /**
   * Memory of all commands together in bytes, where control groups can be made; else data of each process. Null: 90 % of
   * what the machine has.
   */
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
  /** What to start the launcher with: programs that join groups and a network, then run their arguments. */
  enter: readonly string[]
  /** Whether `enter` leads into a network, so that none of its own is made. */
  inNetwork: boolean
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
  // Data and not address space: run times reserve far more of that than they ever use.
  if (limits.memoryBytes !== null) lines.push(`ulimit -d ${Math.ceil(limits.memoryBytes / 1024)}`)
  return [...lines, run].join('\n')
}

/** A command line with what it is started with in front. */
export const entered = (
  enter: readonly string[],
  file: string,
  args: readonly string[],
): { file: string; args: string[] } => {
  const [first = file, ...rest] = [...enter, file, ...args]
  return { file: first, args: rest }
}
