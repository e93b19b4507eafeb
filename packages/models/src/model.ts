/** Text, or an image given as bytes in base64. */
export type UserPart = { type: 'text'; text: string } | { type: 'image'; mime: string; base64: string }

export type AssistantItemPart =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  /** `args`: the argument text as the model wrote it, valid JSON or not. */
  | { type: 'call'; id: string; tool: string; args: string }

/**
 * One item of a request, provider-neutral. Order is the order of the transcript; every `call` is answered by one
 * `result` with the same id in the `results` item directly after the assistant item.
 */
export type Item =
  | { type: 'user'; parts: UserPart[]; cache?: boolean }
  | {
      type: 'assistant'
      parts: AssistantItemPart[]
      native?: { provider: string; model: string; data: unknown }
      cache?: boolean
    }
  | {
      type: 'results'
      results: { id: string; tool: string; ok: boolean; parts: UserPart[] }[]
      cache?: boolean
    }

/** A tool as declared to the model. `grammar` marks a freeform tool (its input is raw text, not JSON). */
export interface ToolDeclaration {
  name: string
  description: string
  /** JSON Schema of the arguments, `type: object`. */
  schema: { [key: string]: unknown }
  freeform?: { syntax: 'lark'; definition: string }
}

export interface ModelRequest {
  system: string
  tools: ToolDeclaration[]
  items: Item[]
  /** In tokens. */
  maxOutput?: number
  effort?: 'minimal' | 'low' | 'medium' | 'high' | 'max'
  /** Routing key for provider-side prompt caches: stable for a session. */
  cacheKey?: string
  /**
   * Asks for the provider's own compaction of the items instead of an answer. Only where `Model.compacts`; what comes
   * back is the `native` record of `finish` and stands for all items of this request.
   */
  compact?: { instructions: string }
  /** Hashed, stable identifier of the person or service, where a provider supports one. */
  safetyId?: string
}

export interface ModelUsage {
  /** All input tokens, cached ones included. */
  input: number
  cachedInput: number
  cacheWrite: number
  output: number
  reasoning: number
}

/** What a model streams. `finish` is always the last event of a call that did not fail. */
export type ModelEvent =
  | { type: 'text'; delta: string }
  | { type: 'reasoning'; delta: string }
  | { type: 'call-start'; id: string; tool: string }
  | { type: 'call-delta'; id: string; delta: string }
  | { type: 'call'; id: string; tool: string; args: string }
  /** A failed attempt that will be tried again after `waitMs`; everything streamed by it is void. */
  | { type: 'retry'; attempt: number; waitMs: number; code: string; message: string }
  | {
      type: 'finish'
      reason: 'stop' | 'calls' | 'length' | 'filter' | 'error' | 'other'
      usage: ModelUsage
      /** The model that actually answered, where the provider says so. */
      served: string | null
      native?: { provider: string; model: string; data: unknown }
    }

/** US dollars per million tokens. */
export interface Prices {
  input: number
  output: number
  cacheRead?: number
  cacheWrite?: number
  /** Prices of a request whose input is above `aboveInput` tokens. */
  tier?: { aboveInput: number; input: number; output: number; cacheRead?: number }
}

export interface ModelInfo {
  provider: string
  id: string
  name: string
  /** Tokens of input and output together. */
  window: number
  maxOutput: number
  prices: Prices | null
  images: boolean
  reasoning: boolean
  /** The edit tool that the model is trained on. */
  editTool: 'apply_patch' | 'edit'
  /** How long a prompt cache lives without use, in seconds; null where there is none. */
  cacheTtl: number | null
}

/** The port: anything that answers a request with text and tool calls. */
export interface Model {
  readonly info: ModelInfo
  /** The format requests are sent in; absent where none are sent. */
  readonly wire?: 'responses' | 'chat' | 'messages' | 'gemini'
  /** The wire has a compaction of its own (`ModelRequest.compact`); whether the server offers it shows when asked. */
  readonly compacts?: boolean
  /**
   * Streams one answer. Throws `ModelError` when retries are used up or the fault is final; an abort ends the stream
   * with `ModelError` code `aborted` and closes the socket.
   */
  stream(request: ModelRequest, options: { signal: AbortSignal }): AsyncIterable<ModelEvent>
}
