import type { Event, NewEvent, Usage } from '@cairn/journal'
import type { Item, ToolDeclaration } from '@cairn/models'
import type { Entry } from '@cairn/context'
import type { Summariser } from '../summarisers/summariser.ts'

/** What a policy would send. All tokens are by the estimate of this benchmark. */
export interface PolicyRequest {
  system: string
  tools: ToolDeclaration[]
  items: readonly Item[]
  /** Rewrites of the context up to now. */
  epochs: number
}

/** A model call made only to summarise. */
export interface SummaryCall {
  inputTokens: number
  outputTokens: number
  /** It rides on the cached prefix: same tools, system and items as the request before. */
  cached: boolean
}

/** What a policy may know of the world: the same for all. */
export interface PolicyEnv {
  /** Tokens of input and output together. */
  window: number
  system: string
  tools: ToolDeclaration[]
  summarise: Summariser
  /** The work tree as it is now. */
  disk(path: string): { sha256: string; text: string } | null
  blob(sha256: string): Uint8Array | null
}

/**
 * A way of keeping a session inside the window. `force` is the same demand on everyone: send now, and the whole request
 * (tools and system included) may have at most `targetTokens`, as if the user had switched to a model that takes no
 * more. A policy that cannot do it says so by sending too much, which is counted.
 */
export interface Policy {
  readonly name: string
  ingest(event: NewEvent, usage: Usage | null): void
  /** The request of the next model call; compacts first where its own trigger says so. */
  request(now: number): PolicyRequest
  force(targetTokens: number, now: number): PolicyRequest
  /** Summary calls since the last time it was asked. */
  takeSummaryCalls(): SummaryCall[]
  /** At most five results of one query; absent where the agent has no such tool. */
  recall?(query: string): string[]
  /** Typed memory and the events it cites, for policies that have one. */
  memory?(): { entries: readonly Entry[]; events: readonly Event[] }
}

export interface PolicySpec {
  name: string
  /** Whether a summariser can change what it sends: the others are run with one summariser only. */
  summarises: boolean
  create(env: PolicyEnv): Policy
}
