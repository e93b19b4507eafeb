import { editsById } from '../plan/choose-batch.ts'
import type { FilePlan } from '../plan/make-plan.ts'
import { asUniqueReplacement, type PlacedEdit } from '../plan/place-edits.ts'
import { call, say, type Action } from './action.ts'
import { idsOf, splitId, type PlanRecord } from './refuted.ts'
import type { Step, Transcript } from './transcript.ts'
import { undoNote } from './undo.ts'

interface Find {
  id: string
  edits: PlacedEdit[]
  /** Null: the whole check passes with it. */
  fixes: number | null
}

/** Everything found so far that helps, best first: what makes the check pass, then by failures fixed, then by rank. */
function finds(
  plans: readonly FilePlan[],
  records: ReadonlyMap<string, PlanRecord>,
  trial: Step | undefined,
): Find[] {
  const make = (id: string, fixes: number | null): Find[] => {
    const place = splitId(id)
    const edits = place === null ? null : editsById(plans, place.plan, place.index)
    return edits === null ? [] : [{ id, edits, fixes }]
  }
  const newest = trial === undefined ? [] : idsOf(trial.text, 'green')
  const noted = [...records].flatMap(([plan, record]) => [...record.green].map((index) => `${plan}.${index}`))
  const green = [...new Set([...newest, ...noted])].flatMap((id) => make(id, null))
  const helping = [...records].flatMap(([plan, record]) =>
    [...record.helps]
      .filter(([index]) => !record.deadEnds.has(index))
      .flatMap(([index, count]) => make(`${plan}.${index}`, count)),
  )
  helping.sort((a, b) => (b.fixes ?? 0) - (a.fixes ?? 0) || a.edits.length - b.edits.length)
  return [...green, ...helping]
}

/**
 * Applies the best of what was found to the real files, and runs the whole check on them. What fixes a part only is held
 * back while `hold`: a change that fixes more may come, and one that fits a single test by chance hides it.
 */
export function applyBest(
  transcript: Transcript,
  check: string,
  plans: readonly FilePlan[],
  records: ReadonlyMap<string, PlanRecord>,
  trial: Step | undefined,
  hold: boolean,
): Action | null {
  const since = trial?.index ?? -1
  // An edit after this experiment that was refused: what it was made of is out.
  const refused = transcript.steps.filter(
    (step) => step.tool === 'edit' && !step.ok && step.index > since,
  ).length
  const best = finds(plans, records, trial)[refused]
  if (best === undefined || (hold && best.fixes !== null)) return null
  const calls: Action['calls'] = []
  const undone: { path: string; old: string; new: string }[] = []
  const shown: string[] = []
  for (const { file } of plans) {
    const own = best.edits.filter((edit) => edit.path === file.path)
    if (own.length === 0) continue
    const starts = lineStarts(file.text)
    const splices = own.map((edit) => {
      const start = (starts[edit.line - 1] ?? 0) + edit.column - 1
      return { start, end: start + edit.old.length, text: edit.new }
    })
    const replacement = asUniqueReplacement(file.text, splices)
    if (replacement === null) return null
    calls.push(call('edit', { path: file.path, ...replacement }))
    undone.push({ path: file.path, ...replacement })
    shown.push(`\`${oneLine(replacement.old)}\` → \`${oneLine(replacement.new)}\``)
  }
  const where = [...new Set(best.edits.map((edit) => `${edit.path}:${edit.line}`))].join(' and ')
  const gain = best.fixes === null ? 'makes the check pass' : `fixes ${best.fixes} without breaking any`
  const text = `Mended ${where}: ${shown.join(', ')}. It ${gain} (candidate ${best.id}).`
  const undo = best.fixes === null ? null : undoNote({ id: best.id, edits: undone })
  const note = transcript.tools.has('note')
    ? [
        call('note', { type: 'decision', text }),
        ...(undo === null ? [] : [call('note', { type: 'fact', ...undo })]),
      ]
    : []
  const words = `A change at ${where} ${gain}: ${shown.join(', ')}. I apply it and run the whole check.`
  return say(words, ...calls, ...note, call('exec', { command: check }))
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
