/** Lines that one test (or one whole process) ran, by file. */
export interface Trace {
  id: string
  passed: boolean
  /** Inclusive 1-based line ranges by file relative to the workspace. */
  lines: Record<string, [number, number][]>
}

export interface LineScore {
  file: string
  line: number
  /** 0 to 1. */
  score: number
}

function covered(trace: Trace, visit: (key: string) => void): void {
  for (const [file, ranges] of Object.entries(trace.lines))
    for (const [first, last] of ranges) for (let line = first; line <= last; line++) visit(`${file}\n${line}`)
}

/**
 * Suspiciousness of each line that a failing test ran: Ochiai (Abreu et al. 2007), as mean of the value over all failing
 * tests and the highest value over single failing tests. The second keeps independent faults visible, which the first
 * alone would let hide each other.
 */
export function ochiai(traces: readonly Trace[]): LineScore[] {
  const failing = traces.filter((trace) => !trace.passed)
  const passes = new Map<string, number>()
  const fails = new Map<string, number>()
  const count = (into: Map<string, number>) => (key: string) => into.set(key, (into.get(key) ?? 0) + 1)
  for (const trace of traces) covered(trace, count(trace.passed ? passes : fails))
  return [...fails].map(([key, failed]) => {
    const passed = passes.get(key) ?? 0
    const all = failed / Math.sqrt(failing.length * (failed + passed))
    const one = 1 / Math.sqrt(1 + passed)
    const [file = '', line = '0'] = key.split('\n')
    return { file, line: Number(line), score: (all + one) / 2 }
  })
}
