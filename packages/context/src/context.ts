import type { Event, EventBodies, NativeRecord, NewEvent } from '@cairn/journal'
import type { Item, ModelInfo, ModelRequest, ToolDeclaration } from '@cairn/models'
import type { Entry } from './ledger/entry.ts'

/** What the projection depends on besides the journal. Constant for a session unless the user changes it. */
export interface ContextConfig {
  model: ModelInfo
  /** System text without instruction files; byte-stable. */
  system: string
  tools: ToolDeclaration[]
  /** Overrides the window of the catalogue, in tokens. */
  window?: number
  /** Ask the model for a narrative summary at an epoch switch (tier 4). Nothing typed depends on it. */
  narrative: boolean
  cacheKey?: string
  /** Ask the provider for its own compaction at an epoch switch (tier 5). Nothing depends on it. Default false. */
  compaction?: boolean
}

/** Reads from outside that a projection needs; all are recorded in the journal when they shape an epoch. */
export interface ContextPorts {
  /** Bytes of a blob, or null where erased. */
  blob(sha256: string): Uint8Array | null
  /** Committed events with `seq > after`, in order. Without it the context keeps the events in memory. */
  events?(after: number): Iterable<Event>
  /** The file as it is on disk now, or null where it is absent, binary or too large to be shown. */
  disk(path: string): { sha256: string; text: string } | null
  /** Where the index of recall is kept from one process to the next. A cache; without it it is built in memory. */
  recallFile?: string
}

export interface Projection {
  request: ModelRequest
  epoch: number
  /** Estimated input tokens, after calibration by reported usage. */
  estimate: number
  bytes: number
}

/** A model call that would add a narrative: sent on the cached prefix, in the background, never waited for. */
export interface NarrativeJob {
  epoch: number
  basis: number
  request: ModelRequest
}

/** A model call that asks the provider to compact the old epoch: made before the new one is written. */
export interface CompactionJob {
  epoch: number
  basis: number
  request: ModelRequest
}

/** The port the loop drives. Everything in it is derived from events; a new one fed the same journal is the same. */
export interface Context {
  /** Takes one committed event, in order. */
  ingest(event: Event): void
  /**
   * Decides whether a new epoch starts now. The caller appends the returned events to the journal and ingests them
   * before `project`. Called once before each model call.
   */
  advance(now: number): NewEvent<'epoch.started'>[]
  /** The request to send now. Throws `ContextError` `unfittable` where pinned content alone is over the window. */
  project(): Projection
  /** Set once after an epoch switch when a narrative is wanted; taking it clears it. */
  takeNarrativeJob(): NarrativeJob | null
  /**
   * Set by `advance` where it decided to switch and `compaction` is asked for. What comes of it is appended before the
   * events of that `advance`, or nothing is.
   */
  takeCompactionJob(): CompactionJob | null
  /** Judges what the provider made; the result is an event to append (accepted, or dropped with reason). */
  judgeCompaction(
    job: CompactionJob,
    native: NativeRecord | null,
  ): NewEvent<'compaction.received' | 'compaction.dropped'>
  /** Verifies a narrative sentence by sentence; the result is an event to append (kept text, or dropped with reason). */
  verifyNarrative(job: NarrativeJob, text: string): NewEvent<'narrative.received' | 'narrative.dropped'>
  /** Entries in force, for gates and displays. */
  ledger(): readonly Entry[]
  recall(query: RecallQuery): RecallResult
  /** What fills the window now, in tokens by kind, and what the last epoch dropped. */
  usage(): ContextUsage
}

export interface RecallQuery {
  query?: string
  /** A handle as printed in the context, a path, or an entry id. */
  ref?: string
  lines?: [number, number]
  grep?: string
  limit?: number
}

export interface RecallResult {
  /** Ready to be shown to the model, with position and currency label of each hit. */
  text: string
  hits: { seq: number; label: 'current' | 'superseded' | 'void' | 'historical'; score: number }[]
}

export interface ContextUsage {
  window: number
  estimate: number
  epoch: number
  parts: { kind: string; tokens: number }[]
  lastReport: EventBodies['epoch.started']['report'] | null
}

/** Checks one request against the rules of one provider; an empty list means valid. */
export type Validator = (
  items: readonly Item[],
  tools: readonly ToolDeclaration[],
) => { code: string; message: string; item: number }[]
