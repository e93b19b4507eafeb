import { chooseBatch, type Batch } from '../plan/choose-batch.ts'
import type { FilePlan } from '../plan/make-plan.ts'
import type { LocalizedFaults } from '../plan/parse-localization.ts'
import { readSource, type SourceFile } from '../syntax/source-file.ts'
import { call, giveUp, isNarrow, lastStep, say, type Action, type Limits } from './action.ts'
import { applyBest } from './apply-best.ts'
import { fileGroup, groupNote, tooLarge } from './file-groups.ts'
import { filesSeen } from './files-seen.ts'
import { missingRead, refresh } from './read-files.ts'
import { isTrial, noteOf, openNotes, readRefuted, recordOf, type PlanRecord } from './refuted.ts'
import type { Room } from './room.ts'
import type { Transcript } from './transcript.ts'
import { lastPartial, undoPartial } from './undo.ts'

/** Candidates tried before a change is applied that fixes a part only. */
const holdFor = 160
/** Candidates tried after such a change before it is taken back. */
const afterPartial = 600

/** What a step of the search works with. */
export interface Search {
  check: string
  /** Arguments of `localize`. */
  localize: { [key: string]: unknown }
  faults: LocalizedFaults
  plan: (file: SourceFile, faults: LocalizedFaults) => FilePlan
  limits: Limits
  room: Room
}

/** What follows on a localisation: reading, applying what an experiment has found, or the next experiment. */
export function searchStep(transcript: Transcript, search: Search): Action {
  const { check, faults, limits, room } = search
  const narrow = isNarrow(transcript, check)
  const failing = `${faults.failures.length} failing`
  const records = readRefuted(transcript)
  const group = fileGroup(faults, room, limits, narrow, transcript)
  if (group === null)
    return undoPartial(transcript, check) ?? noneLeft(transcript, search, countTried(records, null))
  const seen = filesSeen(transcript)
  const wanted = group.paths.flatMap((path) =>
    missingRead(path, seen.get(path), transcript, room, faults.sizes.get(path)),
  )
  if (wanted.length > 0) {
    const reads = narrow
      ? refresh(search.localize, group.paths, seen, wanted)
      : wanted.map((args) => call('read', { ...args }))
    const names = [...new Set(wanted.map((each) => each.path))].join(', ')
    return say(`${failing}. I read ${names}.`, ...notes(transcript, openNotes(transcript)), ...reads)
  }
  const plans = group.paths.flatMap((path) => {
    const text = seen.get(path)?.text
    const file = text === null || text === undefined ? null : readSource(path, text)
    return file === null ? [] : [search.plan(file, faults)]
  })
  const trial = lastStep(transcript.steps, isTrial)
  const tried = countTried(records, plans)
  const most =
    lastPartial(transcript) === null ? limits.candidates : Math.min(afterPartial, limits.candidates)
  const batch: Batch =
    tried >= most
      ? { candidates: [], skipped: [], where: '' }
      : chooseBatch(plans, records, tried === 0 ? Math.ceil(limits.batch / 2) : limits.batch, room.candidates)
  const over = batch.candidates.length === 0
  const applied = applyBest(transcript, check, plans, records, trial, tried < holdFor && !over)
  if (applied !== null) return applied
  const open = withSkipped(openNotes(transcript), batch, records)
  if (over && group.left > 0 && transcript.tools.has('note'))
    return say(
      `Nothing is left to try in ${group.paths.join(', ')}. I look at the next files.`,
      ...notes(transcript, [...open, groupNote(group.id)]),
      call('localize', search.localize),
    )
  if (over) return undoPartial(transcript, check) ?? noneLeft(transcript, search, tried)
  const text =
    tried === 0
      ? `${failing}. I try ${batch.candidates.length} changes, ${batch.where} first.`
      : `None of the last changes helps (${tried} tried). I try ${batch.candidates.length} more, ${batch.where} first.`
  const again = narrow ? refresh(search.localize, group.paths, seen, []) : []
  const experiment = call('experiment', { command: check, candidates: batch.candidates })
  return say(text, ...notes(transcript, open), ...again, experiment)
}

function noneLeft(transcript: Transcript, { check, faults, room }: Search, tried: number): Action {
  const count = `${faults.failures.length} failing`
  if (faults.files.size === 0)
    return giveUp(
      transcript,
      `\`${check}\` is red (${count}), but no code of the project is involved that I could change.`,
      `\`${check}\` fails`,
    )
  const large = new Set(tooLarge(faults, room))
  const looked = [...faults.files.keys()].filter((path) => !large.has(path)).join(', ') || 'no file'
  const left =
    large.size === 0 ? '' : ` Too large for the window, and not looked at: ${[...large].join(', ')}.`
  return giveUp(
    transcript,
    `I could not mend it: ${tried} changes in ${looked} were tried against \`${check}\`, none of them helps. Still failing: ${faults.failures.map((failure) => failure.id).join('; ')}.${left} A language model may see more (--model, or an API key).`,
    `${count} in \`${check}\``,
  )
}

/** Candidates tried so far, of these plans or of all. */
function countTried(records: ReadonlyMap<string, PlanRecord>, plans: readonly FilePlan[] | null): number {
  return [...records]
    .filter(([name]) => plans?.some(({ id }) => name === id || name.startsWith(`${id}.`)) ?? true)
    .reduce((sum, [, record]) => sum + record.refuted.size, 0)
}

/** Positions passed over go into the notes that are written anyway, so that ranges stay whole. */
function withSkipped(
  open: { key: string; text: string }[],
  batch: Batch,
  records: Map<string, PlanRecord>,
): { key: string; text: string }[] {
  if (open.length === 0) return open
  for (const { plan, index } of batch.skipped) recordOf(records, plan).refuted.add(index)
  return [...records]
    .map(([plan, record]) => noteOf(plan, record))
    .filter(({ key }) => open.some((each) => each.key === key))
}

/** Notes as calls, where the harness takes them. */
export function notes(
  { tools }: Transcript,
  list: readonly { key: string; text: string }[],
): Action['calls'] {
  return tools.has('note') ? list.map(({ key, text }) => call('note', { type: 'rejected', key, text })) : []
}
