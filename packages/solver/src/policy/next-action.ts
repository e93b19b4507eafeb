import { chooseBatch } from '../plan/choose-batch.ts'
import type { FilePlan } from '../plan/make-plan.ts'
import { asUniqueReplacement, type PlacedEdit } from '../plan/place-edits.ts'
import { parseLocalization, type LocalizedFaults } from '../plan/parse-localization.ts'
import { readSource, type SourceFile } from '../syntax/source-file.ts'
import { filesSeen, type SeenFile } from './files-seen.ts'
import { declaredCheck, isRepairTask, namedCheck, taskText } from './find-task.ts'
import { idsOf, readRefuted, refutedNote, splitId, type PlanRecord } from './refuted.ts'
import type { Step, Transcript } from './transcript.ts'

/** What the engine says and does next. Without calls, its answer ends the turn. */
export interface Action {
  text: string
  calls: { tool: string; args: { [key: string]: unknown } }[]
}

export interface Limits {
  /** Candidates tried for one state of the files before giving up. */
  candidates: number
  /** Candidates of one experiment. */
  batch: number
  /** Files read for a repair. */
  files: number
}

const notMine =
  'I am the embedded engine: I mend failing checks of JavaScript and TypeScript projects by trying small changes, and can do nothing else. For this task a language model is needed: set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY, choose one with --model, or run one on this machine (for example Ollama: --model openai-compatible/NAME --base-url http://127.0.0.1:11434/v1).'

const say = (text: string, ...calls: Action['calls']): Action => ({ text, calls })
const call = (tool: string, args: { [key: string]: unknown }): Action['calls'][number] => ({ tool, args })

/** Ends honestly with what is open; a harness without `finish` gets the words alone. */
function giveUp(transcript: Transcript, text: string, open: string): Action {
  return transcript.tools.has('finish')
    ? say(text, call('finish', { summary: text, claims: [], open_items: [open] }))
    : say(text)
}

function lastStep(steps: readonly Step[], matches: (step: Step) => boolean): Step | undefined {
  return steps.findLast(matches)
}

function findCheck(transcript: Transcript): string | null {
  const named = namedCheck(transcript)
  if (named !== null) return named
  const ran = transcript.steps.find(
    (step) =>
      (step.tool === 'localize' || step.tool === 'experiment') && typeof step.args['command'] === 'string',
  )
  if (typeof ran?.args['command'] === 'string') return ran.args['command']
  const text = filesSeen(transcript).get('package.json')?.text
  if (text !== null && text !== undefined) return declaredCheck(text) ?? 'node --test'
  return transcript.steps.some((step) => step.tool === 'read' && step.args['path'] === 'package.json')
    ? 'node --test'
    : null
}

/**
 * The whole behaviour, as a function of what the request shows: run the check, localise, read, try patches in batches,
 * apply the best, and again until the check is green or nothing is left to try.
 */
export function nextAction(
  transcript: Transcript,
  plan: (file: SourceFile, faults: LocalizedFaults) => FilePlan,
  limits: Limits,
): Action {
  const { steps, tools } = transcript
  if (!isRepairTask(taskText(transcript)))
    return transcript.userTexts.some((text) => text.startsWith('Not accepted'))
      ? giveUp(transcript, notMine, 'the task itself')
      : say(notMine)
  const check = findCheck(transcript)
  if (check === null)
    return say('I look for the check of this project.', call('read', { path: 'package.json' }))

  const written =
    lastStep(steps, (step) => (step.tool === 'edit' || step.tool === 'apply_patch') && step.ok)?.index ?? -1
  const run = lastStep(steps, (step) => step.tool === 'exec' && step.args['command'] === check)
  const found = lastStep(steps, (step) => step.tool === 'localize' && step.ok && step.index > written)
  if (found === undefined && (run === undefined || run.index < written))
    return say(`I run the check: \`${check}\`.`, call('exec', { command: check }))
  if (run !== undefined && run.ok && run.index > written) return finish(transcript, check)
  if (!tools.has('localize') || !tools.has('experiment'))
    return giveUp(
      transcript,
      `\`${check}\` fails. Without the tools \`localize\` and \`experiment\` I cannot try changes, so I change nothing.`,
      `\`${check}\` fails`,
    )
  if (found === undefined)
    return say('The check is red. I look where the fault lies.', call('localize', { command: check }))
  const faults = parseLocalization(found.text)
  if (faults === null) {
    if (/the check passes/.test(found.text) && (run === undefined || run.index < found.index))
      return say('I run the check again.', call('exec', { command: check }))
    return giveUp(
      transcript,
      `\`${check}\` fails, and I cannot tell where: ${found.text.split('\n')[0] ?? ''}`,
      `\`${check}\` fails`,
    )
  }
  return search(transcript, check, faults, found, plan, limits)
}

function search(
  transcript: Transcript,
  check: string,
  faults: LocalizedFaults,
  found: Step,
  plan: (file: SourceFile, faults: LocalizedFaults) => FilePlan,
  limits: Limits,
): Action {
  const paths = [...faults.files.keys()].slice(0, limits.files)
  const failing = `${faults.failures.length} failing`
  if (paths.length === 0)
    return giveUp(
      transcript,
      `\`${check}\` is red (${failing}), but no code of the project is involved that I could change.`,
      `\`${check}\` fails`,
    )
  const seen = filesSeen(transcript)
  const wanted = paths.flatMap((path) => missingRead(path, seen.get(path), transcript))
  if (wanted.length > 0)
    return say(
      `${failing}. I read ${[...new Set(wanted.map((each) => each.path))].join(', ')}.`,
      ...wanted.map((args) => call('read', args)),
    )
  const plans = paths.flatMap((path) => {
    const text = seen.get(path)?.text
    const file = text === null || text === undefined ? null : readSource(path, text)
    return file === null ? [] : [plan(file, faults)]
  })
  const records = readRefuted(transcript)
  const trial = lastStep(transcript.steps, (step) => step.tool === 'experiment' && step.index > found.index)
  const applied = trial === undefined ? null : applyBest(transcript, check, trial, seen, records)
  if (applied !== null) return applied

  const tried = plans.reduce(
    (sum, each) =>
      sum +
      [...records]
        .filter(([name]) => name === each.id || name.startsWith(`${each.id}.`))
        .reduce((n, [, record]) => n + record.refuted.size, 0),
    0,
  )
  // The transcript has been cut: room is scarce.
  const narrow =
    tried > 0 &&
    transcript.steps.filter((step) => step.tool === 'experiment').length * limits.batch * 2 < tried
  const size = narrow ? Math.ceil(limits.batch / 3) : tried === 0 ? Math.ceil(limits.batch / 2) : limits.batch
  const batch =
    tried >= limits.candidates
      ? { candidates: [], skipped: [], where: '' }
      : chooseBatch(plans, records, size)
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
  return say(text, ...notes, call('experiment', { command: check, candidates: batch.candidates }))
}

function recordOf(records: Map<string, PlanRecord>, plan: string): PlanRecord {
  const record = records.get(plan) ?? { refuted: new Set(), moved: new Set() }
  records.set(plan, record)
  return record
}

/** Notes on the plans that the last experiment said something about. */
function notesFor(
  trial: Step,
  skipped: readonly { plan: string }[],
  records: ReadonlyMap<string, PlanRecord>,
): Action['calls'] {
  const touched = new Set(skipped.map((each) => each.plan))
  for (const state of ['refuted', 'invalid', 'moved'])
    for (const id of idsOf(trial.text, state)) touched.add(splitId(id)?.plan ?? '')
  return [...touched].flatMap((name) => {
    const record = records.get(name)
    return record === undefined || record.refuted.size === 0
      ? []
      : [call('note', { type: 'rejected', key: `repair-${name}`, text: refutedNote(name, record) })]
  })
}

/** A part of a file that still has to be read; none where it cannot be had. */
function missingRead(
  path: string,
  file: SeenFile | undefined,
  transcript: Transcript,
): { path: string; first?: number; last?: number }[] {
  const reads = transcript.steps.filter((step) => step.tool === 'read' && step.args['path'] === path)
  if (file === undefined) return reads.some((step) => !step.ok) ? [] : [{ path }]
  if (file.text !== null) return []
  const asked = reads.filter((step) => step.args['first'] === file.nextLine).length
  // What two reads did not show is too long a line, or binary: the file is left alone.
  return asked >= 2 || file.totalLines > 6_000
    ? []
    : [{ path, first: file.nextLine, last: Math.min(file.totalLines, file.nextLine + 120 / (asked + 1)) }]
}

function isEdit(value: unknown): value is PlacedEdit {
  return (
    typeof value === 'object' &&
    value !== null &&
    'path' in value &&
    'line' in value &&
    'column' in value &&
    'old' in value &&
    'new' in value
  )
}

function editsOf(trial: Step, id: string): PlacedEdit[] {
  const list: unknown = trial.args['candidates']
  if (!Array.isArray(list)) return []
  const candidate: unknown = list.find(
    (each: unknown) => typeof each === 'object' && each !== null && 'id' in each && each.id === id,
  )
  const edits: unknown =
    typeof candidate === 'object' && candidate !== null && 'edits' in candidate ? candidate.edits : []
  return Array.isArray(edits) ? edits.filter(isEdit) : []
}

/** Applies the best candidate of an experiment to the real files, and runs the whole check on them. */
function applyBest(
  transcript: Transcript,
  check: string,
  trial: Step,
  seen: ReadonlyMap<string, SeenFile>,
  records: Map<string, PlanRecord>,
): Action | null {
  const green = idsOf(trial.text, 'green')
  const counts = new Map(
    [...(/^better: (.+)$/m.exec(trial.text)?.[1] ?? '').matchAll(/(\S+)\((\d+)\)/g)].map((match) => [
      match[1] ?? '',
      Number(match[2]),
    ]),
  )
  const better = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))
  // An edit after this experiment that was refused: its candidate is out.
  const refused = transcript.steps.filter(
    (step) => step.tool === 'edit' && !step.ok && step.index > trial.index,
  ).length
  const id = [...green, ...better][refused]
  for (const each of [...green, ...better].slice(0, refused)) {
    const place = splitId(each)
    if (place !== null) recordOf(records, place.plan).refuted.add(place.index)
  }
  if (id === undefined) return null
  const edits = editsOf(trial, id)
  const calls: Action['calls'] = []
  const shown: string[] = []
  for (const path of new Set(edits.map((edit) => edit.path))) {
    const text = seen.get(path)?.text
    if (text === null || text === undefined) return null
    const starts = lineStarts(text)
    const splices = edits
      .filter((edit) => edit.path === path)
      .map((edit) => ({
        start: (starts[edit.line - 1] ?? 0) + edit.column - 1,
        end: (starts[edit.line - 1] ?? 0) + edit.column - 1 + edit.old.length,
        text: edit.new,
      }))
    const replacement = asUniqueReplacement(text, splices)
    if (replacement === null) return null
    calls.push(call('edit', { path, ...replacement }))
    shown.push(`\`${oneLine(replacement.old)}\` → \`${oneLine(replacement.new)}\``)
  }
  if (calls.length === 0) return null
  const where = edits.map((edit) => `${edit.path}:${edit.line}`).join(' and ')
  const gain = green.includes(id)
    ? 'makes the check pass'
    : `fixes ${counts.get(id) ?? 1} without breaking any`
  const note = transcript.tools.has('note')
    ? [call('note', { type: 'decision', text: `Mended ${where}: ${shown.join(', ')}. It ${gain}.` })]
    : []
  return say(
    `A change at ${where} ${gain}: ${shown.join(', ')}. I apply it and run the whole check.`,
    ...calls,
    ...note,
    call('exec', { command: check }),
  )
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim()
  return flat.length > 100 ? `${flat.slice(0, 100)}…` : flat
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function finish(transcript: Transcript, check: string): Action {
  const mended = [
    ...new Set(
      [...transcript.everything.matchAll(/Mended (.+?)\. It (?:makes|fixes)/g)].map((match) =>
        (match[1] ?? '').replaceAll('\\"', '"'),
      ),
    ),
  ]
  const changed = transcript.steps.some((step) => step.tool === 'edit' && step.ok) || mended.length > 0
  const summary = changed
    ? `\`${check}\` passes. Mended: ${mended.join('; ') || 'see the edits'}.`
    : `\`${check}\` passes already; nothing was changed.`
  if (!transcript.tools.has('finish')) return say(summary)
  return say(
    summary,
    call('finish', {
      summary,
      claims: [{ claim: `\`${check}\` passes on the files as they are`, evidence: [check] }],
    }),
  )
}
