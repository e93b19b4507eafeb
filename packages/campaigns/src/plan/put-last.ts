import { matchFiles } from './match-files.ts'
import type { Unit } from './order-units.ts'

/** Moves units with a file that matches one of `globs` behind all others, for which they wait. */
export function putLast(units: readonly Unit[], globs: readonly string[]): Unit[] {
  if (globs.length === 0) return [...units]
  const isLast = (unit: Unit) => matchFiles(unit.files, globs, []).length > 0
  const first = units.filter((unit) => !isLast(unit))
  const names = first.map((unit) => unit.id)
  // Whoever waited for a unit that goes last would wait for ever.
  const known = new Set(names)
  return [
    ...first.map((unit) => ({ ...unit, after: unit.after.filter((id) => known.has(id)) })),
    ...units.filter(isLast).map((unit) => ({ ...unit, after: [...new Set([...unit.after, ...names])] })),
  ]
}
