import { asUniqueReplacement, type PlacedEdit } from '../plan/place-edits.ts'
import { call, say, type Action } from './action.ts'
import type { SeenFile } from './files-seen.ts'
import { idsOf, recordOf, splitId, type PlanRecord } from './refuted.ts'
import type { Step, Transcript } from './transcript.ts'

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
export function applyBest(
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
