import { GuardError, type Sandbox } from '@cairn/guard'
import type { Json } from '@cairn/journal'
import type { Terminal } from '@cairn/terminal'

/** What the probe of the sandbox found, once it is known. */
export interface Boundary {
  /** For the journal; never rejects. */
  facts: Promise<{ [key: string]: Json }>
  /** Resolves when commands may run. Throws `GuardError` `no-sandbox` where the boundary does not hold. */
  ready(): Promise<void>
  /** Why a command was refused; null as long as none was. */
  refusal(): string | null
  /** Aborts with the first refusal. */
  readonly signal: AbortSignal
}

/** Starts the probe at once, beside the first model call, so that the first command rarely waits for it. */
export function createBoundary(sandbox: Sandbox): Boundary {
  const probing = sandbox.probe().then(
    (report) => ({ report, error: null }),
    (error: unknown) => ({ report: null, error }),
  )
  const refused = new AbortController()
  let refusal: string | null = null
  return {
    signal: refused.signal,
    refusal: () => refusal,
    facts: probing.then(({ report, error }): { [key: string]: Json } => {
      if (report === null)
        return {
          backend: sandbox.backend,
          level: 'none',
          error: error instanceof Error ? error.message : String(error),
        }
      const { backend, level, checks } = report
      return { backend, level, broken: checks.filter((check) => !check.held).map((check) => check.name) }
    }),
    async ready() {
      const { report, error } = await probing
      if (report !== null && report.level !== 'none') return
      const hint = report?.hint ?? 'Run `cairn doctor` to see what is missing.'
      const message = 'No command may run: the sandbox does not hold here'
      refusal = `${message}. ${hint}`
      refused.abort()
      throw new GuardError('no-sandbox', message, hint, { cause: error })
    },
  }
}

/** A terminal that runs nothing before the boundary was tested. */
export function guardedTerminal(terminal: Terminal, boundary: Boundary): Terminal {
  return {
    ...terminal,
    async exec(request) {
      await boundary.ready()
      return terminal.exec(request)
    },
  }
}
