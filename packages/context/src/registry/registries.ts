import type { CheckResult, EndStatus, Json, PlanItem } from '@cairn/journal'

export interface FileState {
  path: string
  /** Hash of the newest content that the journal knows; null where the file is known to be absent. */
  hash: string | null
  /** What the model knows, newest last: the newest whole view or own write, and ranges read since. */
  seen: { seq: number; hash: string | null; range?: [number, number] }[]
  /** Positions of writes by tools; the newest 32. */
  wrote: number[]
  lastSeq: number
  /** Exported names of the newest content, where they could be read. */
  outline: string[]
}

export interface TestState {
  /** The check's command. */
  command: string
  last: 'pass' | 'fail' | 'unknown'
  seq: number
  /** Hash of the tree the result belongs to. */
  tree: string
  /** Failure text without numbers, paths and times: the same defect gives the same signature. Null after a pass. */
  signature: string | null
  /** Runs in a row with this signature, this one included. */
  repeats: number
  result: CheckResult
}

export interface RequestState {
  seq: number
  turn: number
  /** Start of its first line, for displays; the context carries the whole text. */
  preview: string
  status: 'open' | 'done'
  /** Position of the event that closed it. */
  closedBy: number | null
  closedAs: EndStatus | 'accepted' | 'next-turn' | null
  attachments: number
}

export interface ProcessState {
  id: string
  command: string
  pid: number
  startedSeq: number
  endedSeq: number | null
  exit: number | null
  signal: string | null
}

/** Runtime state that must survive every rewrite of the context (I11). Changed in place by `reduceRegistries`. */
export interface Registries {
  seq: number
  files: Map<string, FileState>
  tests: Map<string, TestState>
  plan: { seq: number; items: PlanItem[] } | null
  processes: Map<string, ProcessState>
  requests: RequestState[]
  skills: Map<string, { name: string; seq: number }>
  images: { seq: number; sha256: string; mime: string; request: number }[]
  denials: { seq: number; call: string; reason: string }[]
  /** Newest value of each fact about the set-up: permission mode, sandbox level, grants. */
  environment: Map<string, Json>
  /** Positions, ascending, of writes by tools and of commands that may have written anything. */
  writes: number[]
  opaque: number[]
  /** The newest tree hash that is known, and where. */
  tree: { seq: number; hash: string } | null
  /** Position of the newest answer that ended a turn by itself. */
  lastAnswer: number
  /** Calls under way that may change files. */
  executing: Map<string, { command: string | null; readOnly: boolean }>
}

/** Registries of an empty journal. */
export function emptyRegistries(): Registries {
  return {
    seq: 0,
    files: new Map(),
    tests: new Map(),
    plan: null,
    processes: new Map(),
    requests: [],
    skills: new Map(),
    images: [],
    denials: [],
    environment: new Map(),
    writes: [],
    opaque: [],
    tree: null,
    lastAnswer: 0,
    executing: new Map(),
  }
}
