import type { BlobRef } from '@cairn/journal'

/**
 * What a command printed, bounded in memory whatever its size: the whole text where it is small, else its head, its
 * tail, the lines around errors, and a blob with every byte.
 */
export interface Capture {
  bytes: number
  lines: number
  /** All of it where `complete`; else the first part. Decoded as UTF-8, invalid bytes replaced. */
  head: string
  tail: string
  complete: boolean
  /** Windows around lines that look like errors, outside head and tail, in order. `line` is 1-based. */
  windows: { line: number; text: string }[]
  blob: BlobRef | null
}

export interface ExecRequest {
  /** A shell line, run by `bash -c` inside the sandbox. */
  command: string
  /** Absolute, inside the workspace. */
  cwd: string
  env?: Record<string, string>
  /** A terminal of this size instead of pipes. */
  pty?: { rows: number; cols: number }
  /** Give back control after this long while the process goes on. Default 10,000 ms. */
  yieldMs?: number
  /** Kill the process group after this long. Default 600,000 ms. */
  timeoutMs?: number
  /** Keep standard input open for `write`. Default: closed at once, so that readers see the end of file. */
  stdin?: boolean
  /** Give back control as soon as the output matches. */
  until?: RegExp
  /** Host folder that is shown in place of the workspace (side-by-side experiments). */
  overlay?: string
  signal?: AbortSignal
}

export interface ExecOutcome {
  /** Handle of the process; it stays valid after the exit, for `screen` and late output. */
  id: string
  running: boolean
  exit: number | null
  signal: string | null
  /** Why control came back. */
  cause: 'exit' | 'yield' | 'match' | 'timeout' | 'aborted' | 'limit'
  /** What was printed since control was last given back. */
  output: Capture
  /** The screen as text, for a process in a terminal that uses the alternate screen. */
  screen: string | null
  ms: number
}

export interface ProcessInfo {
  id: string
  command: string
  pid: number
  running: boolean
  exit: number | null
  startedAt: number
}

/** The port: runs commands in the sandbox, owns every process it started and leaves none behind. */
export interface Terminal {
  exec(request: ExecRequest): Promise<ExecOutcome>
  /** Writes to standard input (`\u0003` and the like included), then waits as `exec` does. */
  write(
    id: string,
    text: string,
    options?: { yieldMs?: number; until?: RegExp; signal?: AbortSignal },
  ): Promise<ExecOutcome>
  /** Waits without writing. */
  wait(id: string, options?: { yieldMs?: number; until?: RegExp; signal?: AbortSignal }): Promise<ExecOutcome>
  kill(id: string): Promise<void>
  list(): ProcessInfo[]
  /** Called once for each process that ends after its `exec` had given back control. */
  onExit(listener: (info: ProcessInfo) => void): void
  /** Kills every process group and waits until all are gone. */
  close(): Promise<void>
}
