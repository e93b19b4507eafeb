import { createHash } from 'node:crypto'
import type { LocalizedFaults } from '../plan/parse-localization.ts'
import type { Limits } from './action.ts'
import type { Room } from './room.ts'
import type { Transcript } from './transcript.ts'

/** Files that are looked at together, and what is left once they are exhausted. */
export interface FileGroup {
  paths: string[]
  /** Name of the group in notes. */
  id: string
  /** Groups after this one. */
  left: number
}

/** Most files of a step where only the last step is shown. */
const narrowFiles = 3

const exhausted = (id: string): string => `repair group ${id} is exhausted`

/** The note that says that nothing is left to try in a group. */
export function groupNote(id: string): { key: string; text: string } {
  return { key: `repair-group-${id}`, text: exhausted(id) }
}

function tokensOf(faults: LocalizedFaults, path: string): number {
  const size = faults.sizes.get(path)
  return size === undefined ? 0 : size.bytes / 4 + size.lines * 2
}

/** Files that could never be shown whole at once: to ask for them would go on for ever. */
export function tooLarge(faults: LocalizedFaults, room: Room): string[] {
  return [...faults.files.keys()].filter((path) => tokensOf(faults, path) > room.files * 1.7)
}

/** The most suspicious files that fit into the room and are not exhausted; null where all are. */
export function fileGroup(
  faults: LocalizedFaults,
  room: Room,
  limits: Limits,
  narrow: boolean,
  { everything }: Transcript,
): FileGroup | null {
  const most = narrow ? Math.min(narrowFiles, limits.files) : limits.files
  const groups: string[][] = []
  const large = new Set(tooLarge(faults, room))
  let used = Infinity
  for (const path of [...faults.files.keys()].slice(0, limits.files)) {
    if (large.has(path)) continue
    const tokens = tokensOf(faults, path)
    const last = groups.at(-1)
    if (last !== undefined && last.length < most && used + tokens <= room.files) {
      last.push(path)
      used += tokens
    } else {
      groups.push([path])
      used = tokens
    }
  }
  const state = createHash('sha256')
    .update(JSON.stringify([faults.failures, [...faults.files].map(([path, lines]) => [path, [...lines]])]))
    .digest('hex')
    .slice(0, 6)
  for (const [index, paths] of groups.entries()) {
    const id = `${state}.${index}`
    if (!everything.includes(exhausted(id))) return { paths, id, left: groups.length - 1 - index }
  }
  return null
}
