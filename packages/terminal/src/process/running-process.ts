import type { OutputCapture } from '../capture/output-capture.ts'
import { unfinished } from '../capture/utf8-edges.ts'
import { createPatternWatch } from '../pattern-watch.ts'
import type { Screen } from '../screen.ts'
import type { ExecOutcome, ProcessInfo } from '../terminal.ts'
import type { OutputTransform } from '../capture/output-transform.ts'
import type { Child, Ending } from './child.ts'
import { signalName } from './start-in-terminal.ts'

/** Time between asking a process to end and ending it. */
const graceMs = 2000

type Cause = ExecOutcome['cause']

export interface WaitOptions {
  yieldMs: number
  until?: RegExp
  signal?: AbortSignal
}

/** One started command: collects its output, ends it, and says when to give back control. */
export class RunningProcess {
  readonly id: string
  readonly command: string
  readonly startedAt: number
  readonly #child: Child
  readonly #newCapture: () => OutputCapture
  readonly #transform: OutputTransform | null
  readonly #outputLimit: number
  readonly #now: () => number
  readonly #screen: Screen | null
  #capture: OutputCapture
  #total = 0
  #begun = Buffer.alloc(0)
  #ending: Ending | null = null
  #stopCause: Cause | null = null
  #timeout: NodeJS.Timeout | null = null
  #force: NodeJS.Timeout | null = null
  readonly #watchers = new Set<(chunk: Buffer) => void>()
  readonly #done: Promise<void>

  constructor(options: {
    id: string
    command: string
    child: Child
    screen: Screen | null
    newCapture: () => OutputCapture
    transform: OutputTransform | null
    outputLimit: number
    timeoutMs: number
    now: () => number
  }) {
    this.id = options.id
    this.command = options.command
    this.startedAt = options.now()
    this.#child = options.child
    this.#screen = options.screen
    this.#newCapture = options.newCapture
    this.#transform = options.transform
    this.#capture = options.newCapture()
    this.#outputLimit = options.outputLimit
    this.#now = options.now
    this.#timeout = setTimeout(() => this.stop('timeout'), options.timeoutMs)
    this.#done = options.child.ended.then((ending) => this.#end(ending))
    options.child.listen((chunk) => this.#receive(chunk))
  }

  get running(): boolean {
    return this.#ending === null
  }

  info(): ProcessInfo {
    const { id, command, startedAt, running } = this
    return { id, command, pid: this.#child.pid, running, exit: this.#ending?.exit ?? null, startedAt }
  }

  write(text: string): void {
    if (this.running) this.#child.write(text)
  }

  /** Asks the process to end, and ends it after a grace; the next outcome names the cause. */
  stop(cause: Cause | null): void {
    if (!this.running) return
    this.#stopCause ??= cause
    if (this.#force !== null) return
    this.#child.ask()
    this.#force = setTimeout(() => this.#child.force(), graceMs)
  }

  /** Ends the process at once; settles when nothing of it is left. */
  async destroy(): Promise<void> {
    if (this.running) this.#child.force()
    await this.#done
    this.#capture.discard()
    this.#screen?.close()
  }

  get done(): Promise<void> {
    return this.#done
  }

  /** Waits until there is a reason to give back control; returns what was printed since the last time. */
  async next(options: WaitOptions): Promise<ExecOutcome> {
    const since = this.#now()
    const cause = await this.#reason(options)
    if (this.running) this.#keep(this.#transform?.flush())
    const capture = this.#capture
    this.#capture = this.#newCapture()
    const ending = this.#ending
    return {
      id: this.id,
      running: ending === null,
      exit: ending?.exit ?? null,
      signal: ending === null ? null : this.#signalOf(ending),
      cause,
      output: await capture.finish(),
      screen: (await this.#screen?.read()) ?? null,
      ms: this.#now() - since,
    }
  }

  #reason(options: WaitOptions): Promise<Cause> {
    const { yieldMs, until, signal } = options
    return new Promise((resolve) => {
      const settle = (cause: Cause) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
        this.#watchers.delete(watch)
        resolve(cause)
      }
      const abort = () => {
        if (signal?.aborted === true) settle('aborted')
      }
      const matches = until === undefined ? null : createPatternWatch(until)
      const watch = (chunk: Buffer) => {
        if (matches?.(chunk) === true) settle('match')
      }
      const timer = setTimeout(() => settle('yield'), yieldMs)
      void this.#done.then(() => settle(this.#stopCause ?? 'exit'))
      if (matches !== null) this.#watchers.add(watch)
      signal?.addEventListener('abort', abort)
      abort()
    })
  }

  /** Characters stay whole: the start of one waits for its rest, so that giving back control never cuts it. */
  #receive(bytes: Buffer): void {
    this.#total += bytes.length
    const all = this.#begun.length === 0 ? bytes : Buffer.concat([this.#begun, bytes])
    const whole = all.length - unfinished(all)
    this.#begun = Buffer.from(all.subarray(whole))
    this.#collect(all.subarray(0, whole))
  }

  #collect(chunk: Buffer): void {
    if (this.#total > this.#outputLimit) {
      // What a runaway process prints while it is being ended is dropped.
      if (this.#stopCause !== 'limit') {
        this.#keep(this.#transform?.push(chunk) ?? chunk)
        this.stop('limit')
        this.#child.force()
      }
      return
    }
    this.#keep(this.#transform?.push(chunk) ?? chunk)
    for (const watch of this.#watchers) watch(chunk)
  }

  #keep(bytes: Uint8Array | undefined): void {
    if (bytes !== undefined) this.#capture.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  #end(ending: Ending): void {
    this.#collect(this.#begun)
    this.#keep(this.#transform?.end())
    this.#ending = ending
    if (this.#timeout !== null) clearTimeout(this.#timeout)
    if (this.#force !== null) clearTimeout(this.#force)
  }

  /** A shell reports the signal that ended a command as 128 + its number; where we sent one, that is what it means. */
  #signalOf(ending: Ending): string | null {
    if (ending.signal !== null || this.#stopCause === null || (ending.exit ?? 0) <= 128) return ending.signal
    return signalName((ending.exit ?? 0) - 128)
  }
}
