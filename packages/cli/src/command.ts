import type { ParseArgsOptionDescriptor } from 'node:util'

export interface OptionSpec extends ParseArgsOptionDescriptor {
  /** Placeholder of the value in `--help`. */
  value?: string
  help: string
}

/** What asks a session to end. SIGHUP: the terminal, or the reader of the output, is gone. */
export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** What a command may touch of the process: tests give their own. */
export interface Io {
  /** Where a person may sit. */
  stdin?: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  stderr: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  env: NodeJS.ProcessEnv
  cwd(): string
  on(event: EndSignal, listener: () => void): unknown
  off(event: EndSignal, listener: () => void): unknown
  exit(code: number): never
}

export interface Invocation {
  values: { readonly [name: string]: string | boolean | (string | boolean)[] | undefined }
  positionals: string[]
  io: Io
  /** Runs another command line, as slash commands do, and gives its exit code. */
  call(words: readonly string[], io: Io): Promise<number>
}

/** What a command is called with; what it does is loaded when it is called (`load-command.ts`). */
export interface CommandSpec {
  name: string
  summary: string
  usage: string
  options: Record<string, OptionSpec>
  examples: readonly string[]
  /** More about it, below the options of its `--help`. */
  notes?: string
  /** Least and greatest number of words besides options. */
  positionals: readonly [number, number]
}
