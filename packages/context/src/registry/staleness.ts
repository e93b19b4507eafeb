import type { Disk } from './disk.ts'
import type { FileState, Registries, TestState } from './registries.ts'

/** Position of the first command after the file was last known that may have changed it; null where there is none. */
export function dirtySince(state: Registries, file: FileState): number | null {
  return firstAfter(state.opaque, file.lastSeq)
}

/**
 * Position of the first write, or opaque command, after a check result; null where the result still holds.
 * A later check on the same tree proves that what was written since had been undone.
 */
export function staleSince(state: Registries, test: TestState): number | null {
  const from =
    state.tree && state.tree.hash === test.tree && test.result.treeAfter === test.tree
      ? Math.max(state.tree.seq, test.seq)
      : test.seq
  const changes = [firstAfter(state.writes, from), firstAfter(state.opaque, from)].filter(
    (seq) => seq !== null,
  )
  const self = test.result.treeAfter === test.tree ? [] : [test.seq]
  return [...self, ...changes].sort((a, b) => a - b)[0] ?? null
}

/** What the read-before-edit rule needs: whether what the model last saw of a file is what is on disk now. */
export function readState(
  state: Registries,
  path: string,
  disk: Disk,
): 'never-read' | 'current' | 'stale' | 'absent' {
  const file = state.files.get(path)
  const now = disk(path)
  const seen = file?.seen.at(-1)
  if (!file || !seen) return 'never-read'
  if (!now) return seen.hash === null ? 'absent' : 'stale'
  return now.sha256 === seen.hash ? 'current' : 'stale'
}

/** `positions` is ascending. */
function firstAfter(positions: readonly number[], seq: number): number | null {
  let [low, high] = [0, positions.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((positions[middle] ?? 0) > seq) high = middle
    else low = middle + 1
  }
  return positions[low] ?? null
}
