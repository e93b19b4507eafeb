import type { CheckResult, EndStatus, PlanItem } from '@cairn/journal'

export interface FileState {
  path: string
  /** Hash of the newest content that the journal knows; null where the file is known to be absent. */
  hash: string | null
  /** What the model has been shown, newest last; at most one whole view is kept and the ranges since. */
  seen: { seq: number; hash: string | null; range?: [number, number] }[]
  /** Positions of writes by tools. */
  wrote: number[]
  lastSeq: number
  /** Exported names of the newest content, where they could be read. */
  outline: string[]
  /** Position of the first command after `lastSeq` that may have changed the file without saying so. */
  dirtySince: number | null
}

export interface TestState {
  /** The check's command, or command and failing test id. */
  id: string
  command: string
  last: 'pass' | 'fail' | 'unknown'
  seq: number
  /** Hash of the tree the result belongs to. */
  tree: string
  /** Failure text without numbers, paths and times: the same defect gives the same signature. */
  signature: string | null
  /** Position of the first write after the result; set means the result is stale. */
  staleSince: number | null
  result: CheckResult
}

export interface RequestState {
  seq: number
  turn: number
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
  /** Position of the newest write of any file, or of an opaque command. */
  lastWrite: number
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
    lastWrite: 0,
  }
}
