const STEPS = [
  { name: 'N', row: -1, column: 0 },
  { name: 'E', row: 0, column: 1 },
  { name: 'S', row: 1, column: 0 },
  { name: 'W', row: 0, column: -1 },
]

const keyOf = ({ row, column }) => `${row},${column}`

/** The shortest way as a string of N, E, S and W; null where there is none. */
export function shortestPath(grid, from, to) {
  const queue = [{ ...from, path: '' }]
  const seen = new Set([keyOf(from)])
  while (queue.length > 0) {
    const here = queue.shift()
    if (here.row === to.row && here.column === to.column) return here.path
    for (const step of STEPS) {
      const next = { row: here.row + step.row, column: here.column + step.column, path: here.path + step.name }
      if (!grid.isFree(next.column, next.row) || seen.has(keyOf(next))) continue
      seen.add(keyOf(next))
      queue.push(next)
    }
  }
  return null
}

/** `NNEE` as `2N 2E`. */
export function compress(path) {
  return path.replace(/(.)\1*/g, (run) => `${run.length}${run[0]} `).trim()
}
