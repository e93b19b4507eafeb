/**
 * Ids as short text: numbered ones (`plan.7`) are grouped by what stands before the number and written as ranges, in
 * their order of first appearance: `plan.0-3,7 other`. All other ids stand as they are.
 */
export function idRanges(ids: readonly string[]): string {
  const groups = new Map<string, number[]>()
  for (const id of ids) {
    const [, prefix, number] = /^(\S+\.)(\d{1,9})$/.exec(id) ?? []
    if (prefix === undefined || String(Number(number)) !== number) groups.set(id, [])
    else groups.set(prefix, [...(groups.get(prefix) ?? []), Number(number)])
  }
  return [...groups].map(([prefix, numbers]) => prefix + ranges(numbers).join(',')).join(' ')
}

function ranges(numbers: readonly number[]): string[] {
  const out: [number, number][] = []
  for (const each of numbers.toSorted((a, b) => a - b)) {
    const top = out.at(-1)
    if (top !== undefined && each <= top[1] + 1) top[1] = each
    else out.push([each, each])
  }
  return out.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
}
