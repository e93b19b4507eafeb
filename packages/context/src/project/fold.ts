import type { Event, NativeRecord } from '@cairn/journal'
import { commandOf, toEpisodes, type Episode } from '../episode/episode.ts'
import { reduceOpenErrors, type OpenErrors } from '../episode/open-errors.ts'
import { currentEntries, emptyLedger, type LedgerState } from '../ledger/ledger-state.ts'
import type { LedgerPorts } from '../ledger/ports.ts'
import { reduceLedger } from '../ledger/reduce-ledger.ts'
import { reduceRegistries } from '../registry/reduce-registries.ts'
import { emptyRegistries, type Registries } from '../registry/registries.ts'
import { newPace, paceEvent, paceSwitch, type Pace } from '../schedule/pace.ts'
import type { PriceVector } from '../schedule/prices.ts'
import { deltaOf } from './delta.ts'
import { reduceInstructions, renderFile, type InstructionFile, type Instructions } from './instructions.ts'
import type { Limits } from './limits.ts'
import type { Recipe } from './recipe.ts'
import { oneLine } from './shorten.ts'
import {
  emptyTranscript,
  reduceTranscript,
  trimTranscript,
  type Transcript,
  type UserNode,
} from './transcript.ts'

/** The epoch that the session is in; number 0 is the one that nothing was left out of. */
export interface EpochState {
  number: number
  basis: number
  /** Position of its `epoch.started`. */
  seq: number
  cause: string
  recipe: Recipe
  /** The provider's own compaction of what was before; null where there is none. */
  compaction: NativeRecord | null
}

interface Narrative {
  basis: number
  text: string
}

/** Everything the projection derives from events. */
export interface Fold {
  seq: number
  time: number
  turn: number
  step: number
  transcript: Transcript
  ledger: LedgerState
  registries: Registries
  instructions: Instructions
  /** Instruction files at the front of the current epoch; null before the first request may have been sent. */
  pinned: InstructionFile[] | null
  requests: UserNode[]
  episodes: Episode[]
  errors: OpenErrors
  /** Where the text of a file stands in the context as current, by path. */
  shown: Map<string, string[]>
  narratives: Narrative[]
  /** Made by the provider for the epoch that starts next. */
  offered: { epoch: number; native: NativeRecord } | null
  epoch: EpochState | null
  pace: Pace
}

/** What the fold depends on besides events. */
export interface FoldContext {
  limits: Limits
  prices: PriceVector
  ports: LedgerPorts
}

export function emptyFold(): Fold {
  return {
    seq: 0,
    time: 0,
    turn: 0,
    step: 0,
    transcript: emptyTranscript(),
    ledger: emptyLedger(),
    registries: emptyRegistries(),
    instructions: new Map(),
    pinned: null,
    requests: [],
    episodes: [],
    errors: new Map(),
    shown: new Map(),
    narratives: [],
    offered: null,
    epoch: null,
    pace: newPace(),
  }
}

/** Takes one event, in order; costs O(event). `epoch.started` is taken by `foldEpoch` besides. */
export function reduceFold(fold: Fold, event: Event, context: FoldContext): void {
  fold.seq = event.seq
  fold.time = event.time
  fold.turn = event.turn
  fold.step = event.step
  reduceLedger(fold.ledger, event, context.ports)
  reduceRegistries(fold.registries, event)
  if (
    event.kind === 'model.answered' ||
    (event.kind === 'model.requested' && event.body.purpose !== 'narrative')
  )
    fold.pinned ??= [...fold.instructions.values()]
  const call = event.kind === 'tool.done' ? (fold.transcript.calls.get(event.body.call)?.call ?? null) : null
  reduceTranscript(fold.transcript, event)
  const { nodes } = fold.transcript
  const last = nodes.at(-1)
  if (event.kind === 'user.message' && last?.kind === 'user') fold.requests.push(last)
  paceEvent(fold.pace, event, call === null ? null : actionOf(call), context.prices)
  if (event.kind === 'tool.done') {
    reduceOpenErrors(fold.errors, event, call)
    labelHistorical(fold, event)
  }
  if (event.kind === 'instructions.loaded') addInstructions(fold, event, context.limits)
  if (event.kind === 'narrative.received') {
    if (event.body.epoch !== (fold.epoch?.number ?? 0)) return
    if (event.body.kept.trim() !== '')
      fold.narratives.push({ basis: event.body.basis, text: event.body.kept })
  }
  if (event.kind === 'compaction.received')
    fold.offered = { epoch: event.body.epoch, native: event.body.native }
  const delta = deltaOf(event)
  if (delta) addBlock(fold, event.seq, delta.text, delta.state)
  if (event.kind === 'model.answered') recite(fold, event.seq)
}

/** What makes two calls the same action. */
function actionOf(call: { tool: string; args: string }): string {
  return `${call.tool} ${call.args.length > 400 ? commandOf(call.tool, call.args) : call.args}`
}

function addBlock(fold: Fold, seq: number, text: string, state: boolean): void {
  fold.transcript.nodes.push({ kind: 'block', seq, text, state })
}

function addInstructions(fold: Fold, event: Event<'instructions.loaded'>, limits: Limits): void {
  const changed = reduceInstructions(fold.instructions, event)
  if (fold.pinned === null || changed.length === 0) return
  const text = changed.map((file) =>
    file.text === '' ? `[instruction file ${file.path} is gone]` : renderFile(file, limits.pinnedTokens),
  )
  const head = 'Instruction files have changed; from here on these versions are in force:'
  addBlock(fold, event.seq, `${head}\n\n${text.join('\n\n')}`, true)
}

/** Text of a file that was shown as current is not any more once a tool has changed the file. */
function labelHistorical(fold: Fold, event: Event<'tool.done'>): void {
  for (const file of event.body.files ?? []) {
    const places = fold.shown.get(file.path) ?? []
    if (file.op === 'seen') {
      if (!places.includes(`e:${event.seq}`)) fold.shown.set(file.path, [...places, `e:${event.seq}`])
      continue
    }
    if (places.length > 0) {
      const where = places.length > 4 ? `${places.length} earlier places` : places.join(', ')
      addBlock(fold, event.seq, `[historical from here on: ${file.path} as shown in ${where}]`, true)
    }
    fold.shown.delete(file.path)
  }
}

/** Calls between two reminders, and how much of one. */
const RECITE_EVERY = 25
const RECITED = 5

/** What binds, said again near the end of a long epoch. */
function recite(fold: Fold, seq: number): void {
  const count = fold.pace.answers
  if (count === 0 || count % RECITE_EVERY !== 0) return
  const rules = currentEntries(fold.ledger)
    .filter(
      (entry) => entry.authority === 'user' && (entry.type === 'constraint' || entry.type === 'requirement'),
    )
    .slice(-RECITED)
    .map((entry) => `\n- ${oneLine(entry.text, 120)}`)
  const active = fold.registries.plan?.items.find((item) => item.status === 'active')
  const step = active ? `\nPlan step under way: ${oneLine(active.text, 120)}` : ''
  if (rules.length > 0 || step !== '')
    addBlock(fold, seq, `[reminder: still in force]${rules.join('')}${step}`, true)
}

/** Takes an epoch switch: what is before the tail leaves the transcript and becomes episodes. */
export function foldEpoch(fold: Fold, event: Event<'epoch.started'>, recipe: Recipe): void {
  const gone = trimTranscript(fold.transcript, recipe.tailFrom)
  fold.episodes.push(...toEpisodes(gone))
  fold.transcript.nodes = fold.transcript.nodes.filter((node) => node.kind !== 'block' || !node.state)
  fold.pinned = [...fold.instructions.values()]
  fold.epoch = {
    number: event.body.epoch,
    basis: event.body.basis,
    seq: event.seq,
    cause: event.body.cause,
    recipe,
    compaction: fold.offered?.epoch === event.body.epoch ? fold.offered.native : null,
  }
  fold.offered = null
  const left = new Set<string>()
  for (const node of gone) if (node.kind === 'step') for (const call of node.calls) left.add(actionOf(call))
  paceSwitch(fold.pace, recipe, left)
  fold.shown = new Map()
  for (const file of recipe.files) fold.shown.set(file.path, ['the record above'])
  for (const node of fold.transcript.nodes) {
    if (node.kind !== 'step') continue
    for (const { done } of node.calls)
      for (const file of done?.body.files ?? [])
        if (done && file.op === 'seen' && !isStale(fold, file.path, file.after))
          fold.shown.set(file.path, [...(fold.shown.get(file.path) ?? []), `e:${done.seq}`])
  }
}

/** Whether text of `path` with this hash is not what was on disk at the switch. */
export function isStale(fold: Fold, path: string, sha256: string | null): boolean {
  const recorded = fold.epoch?.recipe.disk[path]
  const known = recorded === undefined ? fold.registries.files.get(path)?.hash : recorded
  return known !== undefined && known !== sha256
}
