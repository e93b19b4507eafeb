import type { Step, Transcript } from './transcript.ts'

/** What is known of the candidates of one plan. */
export interface PlanRecord {
  /** Tried, and not what was looked for. */
  refuted: Set<number>
  /** Refuted alone, but a test got further with it. */
  moved: Set<number>
  /** Fixes some failures and breaks nothing: how many. */
  helps: Map<number, number>
  /** Makes the check pass. */
  green: Set<number>
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
    green: new Set(),
    deadEnds: new Set(),
  }
  records.set(plan, record)
  return record
}

const note =
  /repair plan ([\w.+]+) candidates ([\d,-]*) refuted(?:; got further: ([\d,-]+))?(?:; helps: ([\d,()]+))?(?:; green: ([\d,-]+))?/g

/** A candidate's id is its plan and its position in it. */
export function splitId(id: string): { plan: string; index: number } | null {
  const at = id.lastIndexOf('.')
  const index = Number(id.slice(at + 1))
  return at <= 0 || !Number.isInteger(index) ? null : { plan: id.slice(0, at), index }
}

/** Ids after `state:` in the text of an experiment, ranges written out, without the counts in brackets. */
export function idsOf(text: string, state: string): string[] {
  const line = text.split('\n').find((each) => each.startsWith(`${state}: `))
  if (line === undefined) return []
  return line
    .slice(state.length + 2)
    .split(' ')
    .flatMap((word) => {
      const id = word.replace(/\(\d+\)$/, '')
      const [, prefix, numbers] = /^(\S+\.)([\d,-]+)$/.exec(id) ?? []
      if (prefix !== undefined) return readRanges(numbers ?? '').map((number) => prefix + number)
      return id === '' ? [] : [id]
    })
}

/** States of candidates that are not tried again. */
const settled = ['refuted', 'invalid', 'moved', 'weaker', 'better'] as const

type Records = Map<string, PlanRecord>

/** Everything that the notes say about candidates tried before. */
function readNotes(everything: string): Records {
  const records: Records = new Map()
  for (const match of everything.matchAll(note)) {
    const record = recordOf(records, match[1] ?? '')
    for (const index of readRanges(match[2] ?? '')) record.refuted.add(index)
    for (const index of readRanges(match[3] ?? '')) record.moved.add(index)
    for (const [, index, count] of (match[4] ?? '').matchAll(/(\d+)\((\d+)\)/g))
      record.helps.set(Number(index), Number(count))
    for (const index of readRanges(match[5] ?? '')) record.green.add(index)
  }
  for (const match of everything.matchAll(/repair candidate ([\w.+]+) is a dead end/g)) {
    const place = splitId(match[1] ?? '')
    if (place !== null) recordOf(records, place.plan).deadEnds.add(place.index)
  }
  return records
}

/** Adds what an experiment said; gives the plans of which something was new. */
function readTrial(records: Records, { text }: Step): Set<string> {
  const fresh = new Set<string>()
  const counts = new Map(
    [...text.matchAll(/(\S+)\((\d+)\)/g)].map((match) => [match[1] ?? '', Number(match[2])]),
  )
  const take = (set: (record: PlanRecord) => Set<number>, id: string): void => {
    const place = splitId(id)
    if (place === null) return
    const own = set(recordOf(records, place.plan))
    if (!own.has(place.index)) fresh.add(place.plan)
    own.add(place.index)
  }
  for (const state of settled)
    for (const id of idsOf(text, state)) {
      take((record) => record.refuted, id)
      if (state === 'moved') take((record) => record.moved, id)
      const [place, count] = [splitId(id), state === 'better' ? counts.get(id) : undefined]
      if (place !== null && count !== undefined) recordOf(records, place.plan).helps.set(place.index, count)
    }
  for (const id of idsOf(text, 'green')) take((record) => record.green, id)
  return fresh
}

/** Whether a step shows the whole result of an experiment: of half a result not even the ids can be trusted. */
export function isTrial({ tool, elided, text }: Step): boolean {
  return tool === 'experiment' && elided === null && text.startsWith('experiment on `')
}

/** Everything that the request says about candidates tried before: from notes, and from experiments still in view. */
export function readRefuted({ everything, steps }: Transcript): Records {
  const records = readNotes(everything)
  for (const step of steps) if (isTrial(step)) readTrial(records, step)
  return records
}

/** The notes that keep what experiments in view have said, where no note has it yet. */
export function openNotes({ everything, steps }: Transcript): { key: string; text: string }[] {
  const records = readNotes(everything)
  const fresh = new Set<string>()
  for (const step of steps) if (isTrial(step)) for (const plan of readTrial(records, step)) fresh.add(plan)
  return [...fresh].map((plan) => noteOf(plan, recordOf(records, plan)))
}

/** The note of a plan; a newer one takes the place of an older. */
export function noteOf(plan: string, record: PlanRecord): { key: string; text: string } {
  return { key: `repair-${plan}`, text: refutedNote(plan, record) }
}

/** The note that keeps a plan's record through compactions. */
export function refutedNote(plan: string, record: PlanRecord): string {
  const moved = record.moved.size === 0 ? '' : `; got further: ${writeRanges(record.moved)}`
  const helping = [...record.helps].map(([index, count]) => `${index}(${count})`).join(',')
  const helps = helping === '' ? '' : `; helps: ${helping}`
  const green = record.green.size === 0 ? '' : `; green: ${writeRanges(record.green)}`
  return `repair plan ${plan} candidates ${writeRanges(record.refuted)} refuted${moved}${helps}${green}`
}
