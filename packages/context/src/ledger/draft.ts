import type { Span } from '@cairn/journal'
import type { Authority, Entry, EntryType } from './entry.ts'
import type { Claim } from './derive-claims.ts'
import type { Cue } from './cues.ts'

/** An entry before it meets the ledger. */
export interface Draft {
  type: EntryType
  polarity: 1 | -1
  text: string
  authority: Authority
  scope: Entry['scope']
  sources: Span[]
  claims: Claim[]
  cue: Cue
  status?: 'current' | 'unverified'
  /** A permission: it is kept only where it ends something. */
  onlyIfEnds?: boolean
  /** Ids of entries that the author says this one replaces. */
  supersedes?: string[]
}
