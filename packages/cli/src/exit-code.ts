import type { EndStatus } from '@cairn/journal'

/** Exit codes that scripts rely on. 130 is what a shell reports for a run ended by Ctrl-C. */
export const EXIT = { ok: 0, failed: 1, usage: 2, open: 3, budget: 4, refused: 5, cancelled: 130 } as const

const BY_STATUS: Record<EndStatus, number> = {
  done: EXIT.ok,
  answered: EXIT.ok,
  failed: EXIT.failed,
  blocked: EXIT.open,
  'done-with-open-items': EXIT.open,
  budget: EXIT.budget,
  refused: EXIT.refused,
  cancelled: EXIT.cancelled,
}

export function exitCodeOf(status: EndStatus): number {
  return BY_STATUS[status]
}
