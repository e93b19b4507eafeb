import type { Splice } from '../operators/mutation.ts'
import type { PlanRecord } from '../policy/refuted.ts'
import { isValidPatch, type RankedPatch } from './enumerate-candidates.ts'
import type { FilePlan } from './make-plan.ts'
import { placeEdits, type PlacedEdit } from './place-edits.ts'

/** A candidate as the `experiment` tool takes it. */
interface BatchCandidate {
  id: string
  edits: PlacedEdit[]
}

export interface Batch {
  candidates: BatchCandidate[]
  /** Positions passed over because they leave no program behind: as good as refuted. */
  skipped: { plan: string; index: number }[]
  /** Best place of the batch, for people. */
  where: string
}

type Records = ReadonlyMap<string, PlanRecord>

interface Choice {
  plan: string
  index: number
  score: number
  edits(): PlacedEdit[] | null
  where: string
}

/** How many single patches are tried before pairs begin, and how many patches may be first of a pair. */
const singlesFirst = 300
const bases = 3
const partners = 160
const lastResort = 24

function single(plan: FilePlan, index: number, patch: RankedPatch): Choice {
  return {
    plan: plan.id,
    index,
    score: patch.score,
    where: `${plan.file.path}:${patch.line}`,
    edits: () =>
      isValidPatch(plan.file, patch.splices)
        ? placeEdits(plan.file.path, plan.file.text, patch.splices)
        : null,
  }
}

function overlap(a: readonly Splice[], b: readonly Splice[]): boolean {
  return a.some((one) => b.some((two) => one.start <= two.end && two.start <= one.end))
}

function pair(
  plan: string,
  index: number,
  base: { plan: FilePlan; patch: RankedPatch },
  other: { plan: FilePlan; patch: RankedPatch },
): Choice {
  return {
    plan,
    index,
    score: base.patch.score * other.patch.score,
    where: `${base.plan.file.path}:${base.patch.line} with ${other.plan.file.path}:${other.patch.line}`,
    edits() {
      if (base.plan.file.path !== other.plan.file.path)
        return [base, other].flatMap(({ plan: { file }, patch }) =>
          placeEdits(file.path, file.text, patch.splices),
        )
      if (overlap(base.patch.splices, other.patch.splices)) return null
      const splices = [...base.patch.splices, ...other.patch.splices].sort((a, b) => a.start - b.start)
      return isValidPatch(base.plan.file, splices)
        ? placeEdits(base.plan.file.path, base.plan.file.text, splices)
        : null
    },
  }
}

function open(records: Records, plan: string): (choice: Choice) => boolean {
  const refuted = records.get(plan)?.refuted
  return (choice) => refuted?.has(choice.index) !== true
}

/** Pairs that begin with one patch: its partners in every plan, in their order. */
function pairsFrom(base: FilePlan, index: number, plans: readonly FilePlan[], records: Records): Choice[] {
  const patch = base.patches[index]
  if (patch === undefined) return []
  return plans.flatMap((plan) => {
    const name = `${base.id}.${index}+${plan.id}`
    return plan.patches
      .slice(0, partners)
      .map((other, position) => pair(name, position, { plan: base, patch }, { plan, patch: other }))
      .filter((choice) => open(records, name)(choice) && !(plan === base && choice.index === index))
  })
}

/** The edits of a candidate by its id, made from the plans anew; null where they are other plans. */
export function editsById(plans: readonly FilePlan[], plan: string, index: number): PlacedEdit[] | null {
  const [first = '', second] = plan.split('+')
  if (second === undefined) {
    const own = plans.find((each) => each.id === first)
    const patch = own?.patches[index]
    return own === undefined || patch === undefined ? null : single(own, index, patch).edits()
  }
  const at = first.lastIndexOf('.')
  const base = plans.find((each) => each.id === first.slice(0, at))
  const other = plans.find((each) => each.id === second)
  const [a, b] = [base?.patches[Number(first.slice(at + 1))], other?.patches[index]]
  if (base === undefined || other === undefined || a === undefined || b === undefined) return null
  return pair(plan, index, { plan: base, patch: a }, { plan: other, patch: b }).edits()
}

/** The next candidates: single patches of all files by score; then pairs with patches that got a test further; then any pairs. */
export function chooseBatch(
  plans: readonly FilePlan[],
  records: Records,
  size: number,
  tokens = Infinity,
): Batch {
  const singles = plans.flatMap((plan) =>
    plan.patches.map((patch, index) => single(plan, index, patch)).filter(open(records, plan.id)),
  )
  singles.sort((a, b) => b.score - a.score)
  const tried = plans.reduce((sum, plan) => sum + (records.get(plan.id)?.refuted.size ?? 0), 0)
  const batch: Batch = { candidates: [], skipped: [], where: '' }
  if (tried >= singlesFirst) {
    const further = plans.flatMap((plan) =>
      [...(records.get(plan.id)?.moved ?? [])].map((index) => ({
        plan,
        index,
        score: plan.patches[index]?.score ?? 0,
      })),
    )
    further.sort((a, b) => b.score - a.score)
    const pairs = further.slice(0, bases).flatMap(({ plan, index }) => pairsFrom(plan, index, plans, records))
    pairs.sort((a, b) => b.score - a.score)
    fill(batch, pairs, Math.floor(size / 2), tokens / 2)
  }
  fill(batch, singles, size, tokens)
  if (batch.candidates.length === 0) {
    const tops = plans.flatMap((plan) =>
      plan.patches
        .slice(0, lastResort)
        .map((_, index) =>
          pairsFrom(plan, index, plans, records).filter(
            (choice) => choice.index > index || !choice.plan.endsWith(`+${plan.id}`),
          ),
        ),
    )
    fill(
      batch,
      tops.flat().sort((a, b) => b.score - a.score),
      size,
      tokens,
    )
  }
  return batch
}

/** At least one candidate, then as many as `size` and `tokens` allow. */
function fill(batch: Batch, choices: readonly Choice[], size: number, tokens: number): void {
  let used = JSON.stringify(batch.candidates).length / 4
  for (const choice of choices) {
    if (batch.candidates.length >= size || used >= tokens) return
    const edits = choice.edits()
    if (edits === null) batch.skipped.push({ plan: choice.plan, index: choice.index })
    else {
      const candidate = { id: `${choice.plan}.${choice.index}`, edits }
      used += JSON.stringify(candidate).length / 4
      if (batch.candidates.length > 0 && used > tokens) return
      batch.candidates.push(candidate)
      if (batch.where === '') batch.where = choice.where
    }
  }
}
