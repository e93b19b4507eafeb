import { findStop, orderStop, type StopOrder } from '@cairn/guard'
import { AgentError } from './errors.ts'

/** Well within the second that a stop may take. */
const EVERY_MS = 200

/** Watches for an order to stop, beside the loop and whatever it waits for. */
export interface KillSwitch {
  readonly signal: AbortSignal
  /** The order that was found, or null. */
  order(): StopOrder | null
  /** Looks now, so that nothing starts between two looks. */
  look(): StopOrder | null
  close(): void
}

/** Throws `AgentError` `stopped` where an order holds for a session that is about to be opened. */
export function refuseStopped(
  deps: Pick<KillSwitchOptions, 'dataDir' | 'session' | 'now' | 'managedFile'>,
): void {
  const held = findStop(deps.dataDir, deps.session, deps.now(), deps.managedFile)
  if (held === null) return
  throw new AgentError(
    'stopped',
    `session ${deps.session} was stopped by ${held.by}${held.reason === '' ? '' : `: ${held.reason}`}`,
    held.managed
      ? `Nothing runs on this machine while ${held.file} exists.`
      : `If it may go on: cairn resume ${deps.session} --lift-stop`,
  )
}

export interface KillSwitchOptions {
  dataDir: string
  session: string
  now: () => number
  managedFile?: string
  /** Called once, before the signal aborts. */
  onStop: (order: StopOrder) => void
}

export function createKillSwitch(deps: KillSwitchOptions): KillSwitch {
  const { dataDir, session } = deps
  const since = deps.now()
  const abort = new AbortController()
  let order: StopOrder | null = null
  const look = () => {
    if (order !== null) return order
    const found = findStop(dataDir, session, since, deps.managedFile)
    if (found === null) return null
    order = found
    clearInterval(timer)
    try {
      // An order for all is about what ran then; this session stays stopped until a person lets it go on.
      if (!found.managed) orderStop(dataDir, session, { by: found.by, reason: found.reason })
      deps.onStop(found)
    } finally {
      abort.abort()
    }
    return order
  }
  const timer = setInterval(look, EVERY_MS)
  timer.unref()
  return { signal: abort.signal, order: () => order, look, close: () => clearInterval(timer) }
}
