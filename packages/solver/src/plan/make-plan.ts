import { createHash } from 'node:crypto'
import type { SourceFile } from '../syntax/source-file.ts'
import { enumerateCandidates, type RankedPatch } from './enumerate-candidates.ts'
import { readHints } from './hints.ts'
import type { LocalizedFaults } from './parse-localization.ts'

/** The patches of one file in their order, under a name that the same file and failures always get. */
export interface FilePlan {
  id: string
  file: SourceFile
  patches: readonly RankedPatch[]
}

function nameOfPlan(file: SourceFile, faults: LocalizedFaults): string {
  const lines = [...(faults.files.get(file.path) ?? [])]
  return createHash('sha256')
    .update(JSON.stringify([file.path, file.text, lines, faults.failures]))
    .digest('hex')
    .slice(0, 6)
}

/** Plans made before, because a plan is needed again for every batch. A pure function's results: forgetting is harmless. */
export function createPlanner(size = 24): (file: SourceFile, faults: LocalizedFaults) => FilePlan {
  const made = new Map<string, FilePlan>()
  return (file, faults) => {
    const id = nameOfPlan(file, faults)
    const known = made.get(id)
    if (known !== undefined) return known
    const patches = enumerateCandidates(
      file,
      faults.files.get(file.path) ?? new Map(),
      readHints(faults.failures),
    )
    const plan = { id, file, patches }
    made.set(id, plan)
    const oldest = made.keys().next().value
    if (made.size > size && oldest !== undefined) made.delete(oldest)
    return plan
  }
}
