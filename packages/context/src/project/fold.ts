import type { Event } from '@cairn/journal'
import { emptyLedger, type LedgerState } from '../ledger/ledger-state.ts'
import type { LedgerPorts } from '../ledger/ports.ts'
import { reduceLedger } from '../ledger/reduce-ledger.ts'
import { reduceRegistries } from '../registry/reduce-registries.ts'
import { emptyRegistries, type Registries } from '../registry/registries.ts'
import { deltaOf } from './delta.ts'
import { reduceInstructions, renderFile, type InstructionFile, type Instructions } from './instructions.ts'
import type { Limits } from './limits.ts'
import { emptyTranscript, reduceTranscript, type Transcript } from './transcript.ts'

/** Everything the projection derives from events. */
export interface Fold {
  seq: number
  transcript: Transcript
  ledger: LedgerState
  registries: Registries
  instructions: Instructions
  /**
   * The instruction files of the first request; null before it may have been sent. What is at the front of a request
   * may not change before the next epoch.
   */
  first: InstructionFile[] | null
}

export function emptyFold(): Fold {
  return {
    seq: 0,
    transcript: emptyTranscript(),
    ledger: emptyLedger(),
    registries: emptyRegistries(),
    instructions: new Map(),
    first: null,
  }
}

/** Takes one event, in order; costs O(event). */
export function reduceFold(fold: Fold, event: Event, limits: Limits, ports: LedgerPorts): void {
  fold.seq = event.seq
  reduceLedger(fold.ledger, event, ports)
  reduceRegistries(fold.registries, event)
  if (
    event.kind === 'model.answered' ||
    (event.kind === 'model.requested' && event.body.purpose !== 'narrative')
  )
    fold.first ??= [...fold.instructions.values()]
  reduceTranscript(fold.transcript, event)
  if (event.kind === 'instructions.loaded') addInstructions(fold, event, limits)
  const delta = deltaOf(event)
  if (delta) fold.transcript.nodes.push({ kind: 'block', seq: event.seq, ...delta })
}

function addInstructions(fold: Fold, event: Event<'instructions.loaded'>, limits: Limits): void {
  const changed = reduceInstructions(fold.instructions, event)
  if (fold.first === null || changed.length === 0) return
  const text = changed.map((file) =>
    file.text === '' ? `[instruction file ${file.path} is gone]` : renderFile(file, limits.pinnedTokens),
  )
  const head = 'Instruction files have changed; from here on these versions are in force:'
  fold.transcript.nodes.push({
    kind: 'block',
    seq: event.seq,
    text: `${head}\n\n${text.join('\n\n')}`,
    state: true,
  })
}
