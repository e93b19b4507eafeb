import { chooseBatch } from '../plan/choose-batch.ts'
import type { FilePlan } from '../plan/make-plan.ts'
import type { LocalizedFaults } from '../plan/parse-localization.ts'
import { readSource, type SourceFile } from '../syntax/source-file.ts'
import { call, giveUp, isNarrow, lastStep, say, type Action, type Limits } from './action.ts'
import { applyBest } from './apply-best.ts'
import { filesSeen } from './files-seen.ts'
import { missingRead, refresh } from './read-files.ts'
import { lastPartial, undoPartial } from './undo.ts'
import { idsOf, readRefuted, recordOf, refutedNote, splitId, type PlanRecord } from './refuted.ts'
import type { Step, Transcript } from './transcript.ts'

/** Candidates tried before a change is applied that fixes a part only. */
const holdFor = 160
/** Candidates tried after such a change before it is taken back. */
const afterPartial = 600

/** What follows on a localisation: reading, applying what an experiment has found, or the next experiment. */
export function searchStep(
  transcript: Transcript,
  check: string,
  faults: LocalizedFaults,
  found: Step,
  plan: (file: SourceFile, faults: LocalizedFaults) => FilePlan,
  limits: Limits,
): Action {
  const narrow = isNarrow(transcript, check)
  const paths = [...faults.files.keys()].slice(0, narrow ? Math.min(3, limits.files) : limits.files)
  const failing = `${faults.failures.length} failing`
  if (paths.length === 0)
    return giveUp(
      transcript,
      `\`${check}\` is red (${failing}), but no code of the project is involved that I could change.`,
      `\`${check}\` fails`,
    )
  const seen = filesSeen(transcript)
  const wanted = paths.flatMap((path) => missingRead(path, seen.get(path), transcript, narrow))
  if (wanted.length > 0) {
    const reads = narrow
      ? refresh(check, paths, seen, wanted)
      : wanted.map((args) => call('read', { ...args }))
    return say(`${failing}. I read ${[...new Set(wanted.map((each) => each.path))].join(', ')}.`, ...reads)
  }
  const plans = paths.flatMap((path) => {
    const text = seen.get(path)?.text
    const file = text === null || text === undefined ? null : readSource(path, text)
    return file === null ? [] : [plan(file, faults)]
  })
  const records = readRefuted(transcript)
  const trial = lastStep(transcript.steps, (step) => step.tool === 'experiment' && step.index > found.index)
  const tried = plans.reduce(
    (sum, each) =>
      sum +
      [...records]
        .filter(([name]) => name === each.id || name.startsWith(`${each.id}.`))
        .reduce((n, [, record]) => n + record.refuted.size, 0),
    0,
  )
  const size = narrow ? Math.ceil(limits.batch / 3) : tried === 0 ? Math.ceil(limits.batch / 2) : limits.batch
  const most =
    lastPartial(transcript) === null ? limits.candidates : Math.min(afterPartial, limits.candidates)
  const batch = tried >= most ? { candidates: [], skipped: [], where: '' } : chooseBatch(plans, records, size)
  const over = batch.candidates.length === 0
  const applied = applyBest(transcript, check, plans, records, trial, tried < holdFor && !over)
  if (applied !== null) return applied
  if (over) {
    const undone = undoPartial(transcript, check)
    if (undone !== null) return undone
  }
  if (batch.candidates.length === 0)
    return giveUp(
      transcript,
      `I could not mend it: ${tried} changes in ${paths.join(', ')} were tried against \`${check}\`, none of them helps. Still failing: ${faults.failures.map((failure) => failure.id).join('; ')}. A language model may see more (--model, or an API key).`,
      `${faults.failures.length} failing in \`${check}\``,
    )
  for (const { plan: name, index } of batch.skipped) recordOf(records, name).refuted.add(index)
  const notes =
    transcript.tools.has('note') && trial !== undefined ? notesFor(trial, batch.skipped, records) : []
  const text =
    tried === 0
      ? `${failing}. I try ${batch.candidates.length} changes, ${batch.where} first.`
      : `None of the last changes helps (${tried} tried). I try ${batch.candidates.length} more, ${batch.where} first.`
  const again = narrow ? refresh(check, paths, seen, []) : []
  return say(text, ...notes, ...again, call('experiment', { command: check, candidates: batch.candidates }))
}

/** Notes on the plans that the last experiment said something about. */
function notesFor(
  trial: Step,
  skipped: readonly { plan: string }[],
  records: ReadonlyMap<string, PlanRecord>,
): Action['calls'] {
  const touched = new Set(skipped.map((each) => each.plan))
  for (const state of ['refuted', 'invalid', 'moved', 'weaker', 'better'])
    for (const id of idsOf(trial.text, state)) touched.add(splitId(id)?.plan ?? '')
  return [...touched].flatMap((name) => {
    const record = records.get(name)
    return record === undefined || record.refuted.size === 0
      ? []
      : [call('note', { type: 'rejected', key: `repair-${name}`, text: refutedNote(name, record) })]
  })
}
