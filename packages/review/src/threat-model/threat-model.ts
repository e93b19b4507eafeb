import type { Severity } from '../audit/models/model.ts'

/** Where a statement comes from: a line, from 1. */
export interface Evidence {
  file: string
  line: number
}

/** What is worth protecting, and where the code handles it. */
export interface Asset {
  name: string
  kind: 'secrets' | 'credentials' | 'sessions' | 'personal data' | 'payments' | 'files'
  at: Evidence[]
}

export type EntryKind = 'http' | 'websocket' | 'queue' | 'function' | 'schedule' | 'command line'

/** A way in. */
export interface EntryPoint {
  id: string
  kind: EntryKind
  name: string
  /** Whether it changes something. */
  writes: boolean
  /** Whether somebody asks who is there; null where that is no question of the code. */
  authenticated: boolean | null
  /** What stands in front of it, as written. */
  guards: string[]
  at: Evidence
}

export type PeerKind =
  | 'database'
  | 'cache'
  | 'object store'
  | 'file system'
  | 'queue'
  | 'web service'
  | 'mail'
  | 'payment'
  | 'language model'
  | 'operating system'

/** What the program uses beyond itself. */
export interface Peer {
  id: string
  kind: PeerKind
  name: string
  /** Hosts that the code names. */
  hosts: string[]
  at: Evidence[]
}

/** Where data passes between parts that trust each other differently. */
export interface Boundary {
  id: string
  from: string
  to: string
  /** Ids of entry points or peers. */
  crossing: string[]
}

/** The classes of STRIDE (Howard and LeBlanc, Microsoft). */
export type Stride =
  | 'spoofing'
  | 'tampering'
  | 'repudiation'
  | 'information disclosure'
  | 'denial of service'
  | 'elevation of privilege'

export interface Statement {
  text: string
  at: Evidence[]
}

/** An abuse case at a boundary, with what the code does about it. */
export interface Threat {
  id: string
  boundary: string
  class: Stride
  abuse: string
  /** `open`: something is missing or wrong; `unknown`: the code says nothing about it. */
  state: 'open' | 'answered' | 'unknown'
  controls: Statement[]
  open: (Statement & { severity?: Severity; fingerprint?: string })[]
}

/** A draft for a team to correct. Everything in it was found in the code; what was not found is a question. */
export interface ThreatModel {
  name: string
  files: number
  assets: Asset[]
  entryPoints: EntryPoint[]
  peers: Peer[]
  boundaries: Boundary[]
  threats: Threat[]
  questions: string[]
  /** Files that could not be read. */
  notAnalysed: string[]
}
