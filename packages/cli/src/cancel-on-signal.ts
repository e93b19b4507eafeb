import type { EndSignal, Io } from './command.ts'
import { EXIT } from './exit-code.ts'

const SIGNALS: readonly EndSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** One Ctrl-C reaches the whole process group, and npm or a launching Node passes it on once more. */
const ECHO_MS = 400

/** The first signal cancels in good order; a second one, when a person had time to mean it, ends at once. */
export function cancelOnSignal(
  io: Pick<Io, 'on' | 'off' | 'exit'>,
  now: () => number,
): { signal: AbortSignal; done(): void } {
  const abort = new AbortController()
  let first = 0
  const onSignal = () => {
    if (!abort.signal.aborted) {
      first = now()
      abort.abort()
    } else if (now() - first > ECHO_MS) io.exit(EXIT.cancelled)
  }
  for (const signal of SIGNALS) io.on(signal, onSignal)
  return {
    signal: abort.signal,
    done() {
      // The echo of a signal may come when the session has already ended: it must not kill what is ending in order.
      if (abort.signal.aborted) return
      for (const signal of SIGNALS) io.off(signal, onSignal)
    },
  }
}
