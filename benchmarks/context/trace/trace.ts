import type { NewEvent } from '@cairn/journal'
import type { ToolDeclaration } from '@cairn/models'
import type { Plant, Supersession } from './plant.ts'

/** A change of the work tree as it happens, whether the journal learns of it or not. */
export interface DiskChange {
  path: string
  /** Null: the file is gone. */
  text: string | null
}

export interface TraceStep {
  event: NewEvent
  /** Takes effect just before the event. */
  disk?: DiskChange[]
}

/** One session as it was, or could have been: what a policy is replayed on. */
export interface Trace {
  name: string
  source: 'plantbench' | 'recorded' | 'spliced'
  system: string
  tools: ToolDeclaration[]
  steps: TraceStep[]
  blobs: Map<string, Uint8Array>
  plants: Plant[]
  chains: Supersession[]
  /** Failures that a later run of the same command showed to be gone. */
  resolved: { id: string; message: string; command: string }[]
  /** Tokens of all that a transcript without any compaction would hold. */
  rawTokens: number
}
