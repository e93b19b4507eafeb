import type { Severity } from './models/model.ts'

/** A place in a file: lines and columns from 1. */
export interface Place {
  file: string
  line: number
  column: number
}

export interface FlowStep extends Place {
  what: string
}

/** One defect that was found, with what shows it. */
export interface Finding {
  rule: string
  cwe: number
  /** Further weaknesses that others call the same defect by. */
  related?: readonly number[]
  severity: Severity
  confidence: 'high' | 'medium' | 'low'
  title: string
  message: string
  fix: string
  place: Place
  /** The line of source, without indentation. */
  snippet: string
  /** From the source to the sink; empty where the place alone shows it. */
  flow: FlowStep[]
  /** Stays the same when lines move: hash over rule, file, function-free text of the line, and its number among equals. */
  fingerprint: string
  suppressed?: { owner: string; until: string | null; reason: string }
}
