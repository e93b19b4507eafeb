/**
 * Strongly connected components, each after those it leads to (Tarjan 1972, "Depth-first search and linear graph
 * algorithms"). Iterative: import chains of large repositories are deeper than the stack.
 */
export function strongComponents(
  nodes: readonly string[],
  next: (node: string) => readonly string[],
): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []
  const isOpen = new Set<string>()
  const components: string[][] = []
  const lower = (node: string, value: number) => low.set(node, Math.min(low.get(node) ?? value, value))

  for (const start of nodes) {
    if (index.has(start)) continue
    const path: { node: string; targets: readonly string[]; at: number }[] = []
    const enter = (node: string) => {
      index.set(node, index.size)
      low.set(node, index.size - 1)
      open.push(node)
      isOpen.add(node)
      path.push({ node, targets: next(node), at: 0 })
    }
    enter(start)
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const target = frame.targets[frame.at++]
      if (target !== undefined) {
        if (!index.has(target)) enter(target)
        else if (isOpen.has(target)) lower(frame.node, index.get(target) ?? 0)
        continue
      }
      path.pop()
      const { node } = frame
      const above = path.at(-1)
      if (above !== undefined) lower(above.node, low.get(node) ?? 0)
      if (low.get(node) !== index.get(node)) continue
      const component = open.splice(open.lastIndexOf(node))
      for (const member of component) isOpen.delete(member)
      components.push(component)
    }
  }
  return components
}
