import { openStore } from '../open-store.ts'
import type { SigningKey } from '../signed-note.ts'
import type { AnchorTarget } from './anchor-target.ts'
import { sendAnchor, type AnchorOutcome, type SendOptions } from './send-anchor.ts'

export interface AnchorRequest extends SendOptions {
  journal: string
  session: string
  key: SigningKey
  targets: readonly AnchorTarget[]
  now: () => number
  host: string
  pid: number
}

/**
 * Signs a session as it is, sends the checkpoint to every target, and writes into the journal which of them took it. Throws
 * only what opening the journal throws: that it is in use, for example.
 */
export async function anchorSession(
  request: AnchorRequest,
): Promise<{ note: string | null; outcomes: AnchorOutcome[] }> {
  const { journal, session, key, targets, now, host, pid, secret, sleep } = request
  const store = openStore(journal, { sessionId: session, mode: 'writer', now, key })
  try {
    const note = store.sign()
    if (note === null) return { note, outcomes: [] }
    const anchor = { session, note, time: now(), host, pid }
    const outcomes = await Promise.all(targets.map((target) => sendAnchor(target, anchor, { secret, sleep })))
    const { size, root } = store.head()
    if (outcomes.length > 0) {
      let last = { turn: 0, step: 0 }
      for (const event of store.read({ from: size })) last = { turn: event.turn, step: event.step }
      store.append(
        outcomes.map((outcome) => ({
          time: now(),
          ...last,
          kind: 'log.anchored',
          body: { ...outcome, size, root },
        })),
      )
    }
    return { note, outcomes }
  } finally {
    store.close()
  }
}
