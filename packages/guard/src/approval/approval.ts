import { createHash } from 'node:crypto'

/** Exactly what would be executed. Whoever approves sees all of it. */
export interface ExactAction {
  tool: string
  /** The argument text as the model wrote it. */
  args: string
  /** Absolute real path that it runs in. */
  cwd: string
  /** Every file that the call names, with the sha256 of its content; null where there is none. */
  files: readonly { path: string; sha256: string | null }[]
}

/** `session`: the very same bytes may be executed again until the session is closed. */
export type ApprovalScope = 'once' | 'session'

/** Where a destination came from, when no trusted text has it. */
export interface Provenance {
  literal: string
  kind: 'host' | 'package' | 'remote' | 'path' | 'email'
  /** Event and place of the first text that has it; null where only the model has said it. */
  source: { seq: number; field: string; start: number; end: number; origin: string } | null
}

/** A question to a person. Plain JSON: it is journaled, written to files and sent over wires as it is. */
export interface ApprovalRequest {
  id: string
  session: string
  call: string
  action: ExactAction
  /** Over `action`; see `actionDigest`. */
  actionSha256: string
  policySha256: string
  /** The decision that asks, its rule as `layer:id`, and why. */
  decisionId: string
  rule: string
  reason: string
  /** Who wants it done: the agent of the session. Cannot approve. */
  requester: string
  /** How many different people have to say yes. */
  approvers: number
  /** Identities that may approve; null: anybody but the requester. */
  allowed: readonly string[] | null
  /** Who has said yes so far. */
  grantedBy: readonly string[]
  /** The scopes that may be granted. */
  scopes: readonly ApprovalScope[]
  /** Destinations that no trusted text names. */
  provenance: readonly Provenance[]
  /** Milliseconds since the epoch. */
  requestedAt: number
  expiresAt: number
}

export type ApprovalAnswer =
  | { decision: 'grant'; by: string; scope: ApprovalScope }
  | { decision: 'deny'; by: string; reason?: string }

/**
 * Asks a person. Terminal, server and SDK implement it. Resolves with the answer; when `signal` aborts (expired, cancelled, answered
 * elsewhere) it takes the question away and rejects, or never settles. An answer after that counts for nothing.
 */
export interface Approver {
  request(record: ApprovalRequest, options: { signal: AbortSignal }): Promise<ApprovalAnswer>
}

/** sha256 over every part of an action, each with its length, so that no two actions have the same bytes. */
export function actionDigest(action: ExactAction): string {
  const hash = createHash('sha256').update('cairn-action-1')
  const add = (text: string) => hash.update(`\n${Buffer.byteLength(text)}:`).update(text)
  for (const text of [action.tool, action.args, action.cwd]) add(text)
  for (const { path, sha256 } of action.files) {
    add(path)
    add(sha256 ?? 'absent')
  }
  return hash.digest('hex')
}
