import type { Event, Json } from '@cairn/journal'

/** What one epoch switch did. Sizes in estimated tokens. */
export interface EpochDiff {
  epoch: number
  seq: number
  basis: number
  cause: string
  before: number
  after: number
  /** What left the context and the handle that gets it back, the largest first; `leftCount` counts all of it. */
  left: { handle: string; what: string; how: string; tokens: number }[]
  leftCount: number
  files: { path: string; sha256: string }[]
  /** What became of the narrative: its kept text, why it was dropped, or null where none has come. */
  narrative: { kept: string; struck: number } | { dropped: string } | null
}

function record(value: Json | undefined): { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function list(value: Json | undefined): { [key: string]: Json }[] {
  return Array.isArray(value) ? value.map(record) : []
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function count(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0
}

/** What left the context at the start of `epoch` and where it went; null where the journal has no such epoch. */
export function diffEpoch(events: Iterable<Event>, epoch: number): EpochDiff | null {
  let diff: EpochDiff | null = null
  for (const event of events) {
    if (event.kind === 'epoch.started' && event.body.epoch === epoch) diff = diffOf(event)
    if (diff === null) continue
    if (event.kind === 'narrative.received' && event.body.epoch === epoch)
      diff.narrative = { kept: event.body.kept, struck: event.body.dropped.length }
    if (event.kind === 'narrative.dropped' && event.body.epoch === epoch)
      diff.narrative = { dropped: event.body.why }
  }
  return diff
}

function diffOf(event: Event<'epoch.started'>): EpochDiff {
  const report = record(event.body.report)
  return {
    epoch: event.body.epoch,
    seq: event.seq,
    basis: event.body.basis,
    cause: event.body.cause,
    before: count(report['before']),
    after: count(report['after']),
    left: list(report['left']).map((item) => ({
      handle: text(item['handle']),
      what: text(item['what']),
      how: text(item['how']),
      tokens: count(item['tokens']),
    })),
    leftCount: count(report['leftCount']),
    files: list(record(report['recipe'])['files']).map((file) => ({
      path: text(file['path']),
      sha256: text(file['sha256']),
    })),
    narrative: null,
  }
}
