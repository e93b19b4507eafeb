import type { VoidedSpans } from './voided.ts'

/** How much of a node is shown. */
export interface View {
  provider: string
  model: string
  /** Most tokens of one tool result. */
  resultTokens: number
  /** Most tokens of the arguments of one call; longer ones give way to a note. */
  argTokens: number
  /** Most tokens of one user message or block. */
  textTokens: number
  /** Reasoning text and native records are kept. */
  reasoning: boolean
  /** Results of reads whose file has changed since: shown as a note, never as current text. */
  stale: (path: string, sha256: string | null) => boolean
  /** Statements of the user that later ones have replaced: marked, so that they are not taken for current. */
  voided: VoidedSpans
  images: ImageRoom
}

/** Images that still fit; taking one makes the room smaller. */
export interface ImageRoom {
  count: number
  bytes: number
  load(sha256: string): Uint8Array | null
}

/** Images a request may hold, and their bytes in base64 (below the 20 MB that some endpoints refuse). */
export const IMAGE_LIMITS = { count: 40, bytes: 12_000_000 } as const
