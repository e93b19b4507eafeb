import type { EndStatus } from '@cairn/journal'

/** How a turn ended, in words for a person. */
export interface TurnEnd {
  status: EndStatus
  summary: string
  openItems: string[]
  evidence: number[]
}

/** An end with nothing open and nothing proven, unless `rest` says otherwise. */
export function turnEnd(status: EndStatus, summary: string, rest: Partial<TurnEnd> = {}): TurnEnd {
  return { status, summary, openItems: [], evidence: [], ...rest }
}
