import type { Transcript } from './transcript.ts'

/** What is known of the candidates of one plan. */
export interface PlanRecord {
  /** Tried, and not what was looked for. */
  refuted: Set<number>
  /** Refuted alone, but a test got further with it. */
  moved: Set<number>
  /** Fixes some failures and breaks nothing: how many. */
  helps: Map<number, number>
  /** Was applied and taken back. */
  deadEnds: Set<number>
}

/** `0-3,7` for a set of numbers. */
export function writeRanges(numbers: Iterable<number>): string {
  const sorted = [...numbers].sort((a, b) => a - b)
  const out: [number, number][] = []
  for (const each of sorted) {
    const last = out.at(-1)
    if (last !== undefined && last[1] === each - 1) last[1] = each
    else out.push([each, each])
  }
  return out.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
}

/** The numbers in `0-3,7`. */
export function readRanges(text: string): number[] {
  return text.split(',').flatMap((part) => {
    if (!/^\d+(?:-\d+)?$/.test(part)) return []
    const [from, to] = part.split('-').map(Number)
    if (from === undefined) return []
    return Array.from({ length: (to ?? from) - from + 1 }, (_, index) => from + index)
  })
}

/** The record of a plan, made where it is new. */
export function recordOf(records: Map<string, PlanRecord>, plan: string): PlanRecord {
  const record = records.get(plan) ?? {
    refuted: new Set(),
    moved: new Set(),
    helps: new Map(),
    deadEnds: new Set(),
  }
  records.set(plan, record)
  return record
}

const note =
  /repair plan ([\w.+]+) candidates ([\d,-]+) refuted(?:; got further: ([\d,-]+))?(?:; helps: ([\d,()]+))?/g

/** A candidate's id is its plan and its position in it. */
export function splitId(id: string): { plan: string; index: number } | null {
  const at = id.lastIndexOf('.')
  const index = Number(id.slice(at + 1))
  return at <= 0 || !Number.isInteger(index) ? null : { plan: id.slice(0, at), index }
}

/** Ids after `state:` in the text of an experiment, without the counts in brackets. */
export function idsOf(text: string, state: string): string[] {
  const line = text.split('\n').find((each) => each.startsWith(`${state}: `))
  return line === undefined
    ? []
    : line
        .slice(state.length + 2)
        .split(' ')
        .map((id) => id.replace(/\(\d+\)$/, ''))
        .filter((id) => id !== '')
}

/** Everything that the request says about candidates tried before: from notes, and from experiments still in view. */
export function readRefuted({ everything, steps }: Transcript): Map<string, PlanRecord> {
  const records = new Map<string, PlanRecord>()
  const of = (plan: string): PlanRecord => recordOf(records, plan)
  for (const match of everything.matchAll(note)) {
    const record = of(match[1] ?? '')
    for (const index of readRanges(match[2] ?? '')) record.refuted.add(index)
    for (const index of readRanges(match[3] ?? '')) record.moved.add(index)
    for (const [, index, count] of (match[4] ?? '').matchAll(/(\d+)\((\d+)\)/g))
      record.helps.set(Number(index), Number(count))
  }
  for (const match of everything.matchAll(/repair candidate ([\w.+]+) is a dead end/g)) {
    const place = splitId(match[1] ?? '')
    if (place !== null) of(place.plan).deadEnds.add(place.index)
  }
  for (const step of steps) {
    if (step.tool !== 'experiment') continue
    const counts = new Map(
      [...step.text.matchAll(/(\S+)\((\d+)\)/g)].map((match) => [match[1] ?? '', Number(match[2])]),
    )
    for (const state of ['refuted', 'invalid', 'moved', 'weaker', 'better'])
      for (const id of idsOf(step.text, state)) {
        const place = splitId(id)
        if (place === null) continue
        of(place.plan).refuted.add(place.index)
        if (state === 'moved') of(place.plan).moved.add(place.index)
        const count = state === 'better' ? counts.get(id) : undefined
        if (count !== undefined) of(place.plan).helps.set(place.index, count)
      }
  }
  return records
}

/** The note that keeps a plan's record through compactions. */
export function refutedNote(plan: string, record: PlanRecord): string {
  const moved = record.moved.size === 0 ? '' : `; got further: ${writeRanges(record.moved)}`
  const helping = [...record.helps].map(([index, count]) => `${index}(${count})`).join(',')
  const helps = helping === '' ? '' : `; helps: ${helping}`
  return `repair plan ${plan} candidates ${writeRanges(record.refuted)} refuted${moved}${helps}`
}
