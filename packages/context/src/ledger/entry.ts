import type { Span } from '@cairn/journal'

/** Who said it. Lower numbers bind more strongly; a weaker voice never creates or voids what a stronger one said. */
export type Authority = 'system' | 'policy' | 'user' | 'repository' | 'agent' | 'tool'

export const AUTHORITY_RANK: Record<Authority, number> = {
  system: 0,
  policy: 1,
  user: 2,
  repository: 3,
  agent: 4,
  tool: 5,
}

export type EntryType =
  | 'requirement'
  | 'constraint'
  | 'decision'
  | 'contract'
  | 'assumption'
  | 'rejected'
  | 'failure'
  | 'command'
  | 'fact'
  | 'question'

/** One item of the ledger. Nothing is in it without a source span that contains its exact tokens. */
export interface Entry {
  /** Stable: derived from the source position, not from a counter. */
  id: string
  type: EntryType
  /** -1 for a prohibition. */
  polarity: 1 | -1
  /** Verbatim, as in the source. */
  text: string
  /** Normalised subject for supersession, for example `port:dev-server`; null where none could be derived. */
  key: string | null
  scope: { paths?: string[]; until?: string }
  authority: Authority
  sources: Span[]
  /** Journal positions between which it is in force. */
  validFrom: number
  validTo: number | null
  status: 'current' | 'void' | 'done' | 'unverified' | 'refuted'
  voidedBy: string | null
  supersedes: string[]
}
