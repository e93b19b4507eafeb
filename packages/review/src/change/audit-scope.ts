import { importGraph } from '@cairn/checks'

/** Files beside the changed ones that are audited, and files that one of many uses is not followed through. */
const MOST_FILES = 120
const HUB = 60

/**
 * Which files a flow through changed ones can run through: the changed ones, then those that load them or that they load,
 * nearest first, up to `most`. A file that very many load leads everywhere and is not followed further. With all files
 * of a project in reach this is the whole of it.
 */
export function auditScope(
  texts: ReadonlyMap<string, string>,
  changed: ReadonlySet<string>,
  most = MOST_FILES,
): Set<string> {
  if (texts.size <= most) return new Set(texts.keys())
  const near = new Map<string, Set<string>>()
  const join = (a: string, b: string) => {
    const known = near.get(a)
    if (known === undefined) near.set(a, new Set([b]))
    else known.add(b)
  }
  for (const [from, targets] of importGraph(texts))
    for (const to of targets) {
      join(from, to)
      join(to, from)
    }
  const scope = new Set([...changed].filter((path) => texts.has(path)))
  const least = scope.size
  let edge = [...scope]
  while (edge.length > 0 && scope.size < least + most) {
    const next = new Set<string>()
    for (const path of edge) {
      const around = near.get(path) ?? new Set<string>()
      if (around.size > HUB && !changed.has(path)) continue
      for (const other of around) if (!scope.has(other)) next.add(other)
    }
    edge = [...next].toSorted().slice(0, least + most - scope.size)
    for (const path of edge) scope.add(path)
  }
  return scope
}
