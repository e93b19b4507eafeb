import type { ImportGraph } from './import-graph.ts'
import { strongComponents } from './strong-components.ts'

/** One piece of the change. */
export interface Unit {
  id: string
  /** Tracked files it is about; none where its name is all that is known. */
  files: string[]
  /** Units that have to be settled before it starts. */
  after: string[]
}

/**
 * Puts units into the order of the import graph: what is imported comes first. Units whose files import each other, be it
 * through files that belong to no unit, become one. Otherwise the given order stays.
 */
export function orderUnits(units: readonly Omit<Unit, 'after'>[], graph: ImportGraph): Unit[] {
  const place = new Map(units.map((unit, index) => [unit.id, index]))
  // Files are nodes; a unit of several files is tied together by a node of its own, in both directions.
  const ties = new Map<string, string[]>()
  const unitsOf = new Map<string, string[]>()
  for (const unit of units) {
    const own = `unit:${unit.id}`
    ties.set(own, unit.files)
    for (const file of unit.files) unitsOf.set(file, [...(unitsOf.get(file) ?? []), unit.id])
  }
  const isUnit = (node: string) => ties.has(node)
  const next = (node: string): string[] =>
    isUnit(node)
      ? (ties.get(node) ?? [])
      : [
          ...(graph.get(node) ?? []).map((edge) => edge.to),
          ...(unitsOf.get(node) ?? []).map((id) => `unit:${id}`),
        ]
  const nodes = units.map((unit) => `unit:${unit.id}`)
  const components = strongComponents(nodes, next)

  const componentOf = new Map<string, number>()
  components.forEach((component, index) => component.forEach((node) => componentOf.set(node, index)))
  const byId = new Map(units.map((unit) => [unit.id, unit]))
  /** The nearest units that each component needs, or is. */
  const nearest: ReadonlySet<string>[] = []
  const merged: Unit[] = []
  components.forEach((component, index) => {
    const needs = new Set<string>()
    for (const node of component)
      for (const target of next(node)) {
        const other = componentOf.get(target)
        if (other !== undefined && other !== index) for (const id of nearest[other] ?? []) needs.add(id)
      }
    const members = component
      .filter(isUnit)
      .map((node) => byId.get(node.slice('unit:'.length)))
      .filter((unit) => unit !== undefined)
      .sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
    const [first] = members
    if (first === undefined) {
      nearest.push(needs)
      return
    }
    const id = members.length === 1 ? first.id : `${first.id} +${members.length - 1}`
    merged.push({ id, files: [...new Set(members.flatMap((unit) => unit.files))], after: [...needs].sort() })
    nearest.push(new Set([id]))
  })
  return merged
}
