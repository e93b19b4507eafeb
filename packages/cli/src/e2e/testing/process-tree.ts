import { readdirSync, readFileSync } from 'node:fs'

interface ProcessRow {
  pid: number
  parent: number
  /** Clock ticks since boot: pid and start together name a process for good. */
  start: string
}

function row(pid: number): ProcessRow | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold anything, so fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : { pid, parent: Number(fields[1]), start: fields[19] ?? '' }
  } catch {
    return null
  }
}

function allRows(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => row(Number(name)))
    .filter((found) => found !== null)
}

function treeOf(root: number): ProcessRow[] {
  const rows = allRows()
  const inside = new Set([root])
  for (let grown = true; grown;) {
    grown = false
    for (const { pid, parent } of rows) {
      if (inside.has(parent) && !inside.has(pid)) {
        inside.add(pid)
        grown = true
      }
    }
  }
  return rows.filter(({ pid }) => inside.has(pid))
}

/** Proportional set size in bytes: a page shared by ten processes counts a tenth in each, so a sum over a tree is true. */
function proportionalSize(pid: number): number {
  try {
    return 1_024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** What was seen of the processes below a process. */
export interface TreeWatch {
  /** Most bytes of the whole tree at one moment (Pss). */
  readonly peakBytes: number
  /** Most processes at one moment. */
  readonly peakProcesses: number
  /** Processes that were seen in the tree and still live, wherever they belong to by now. */
  alive(): number[]
  stop(): void
}

/** Looks at the tree below a process again and again, until it is stopped. */
export function watchTree(root: number, everyMs = 40): TreeWatch {
  const seen = new Map<string, ProcessRow>()
  let peakBytes = 0
  let peakProcesses = 0
  const look = () => {
    const rows = treeOf(root)
    for (const found of rows) seen.set(`${found.pid}:${found.start}`, found)
    peakProcesses = Math.max(peakProcesses, rows.length)
    peakBytes = Math.max(
      peakBytes,
      rows.reduce((sum, { pid }) => sum + proportionalSize(pid), 0),
    )
  }
  look()
  const timer = setInterval(look, everyMs)
  return {
    get peakBytes() {
      return peakBytes
    },
    get peakProcesses() {
      return peakProcesses
    },
    alive: () =>
      [...seen.values()].filter(({ pid, start }) => row(pid)?.start === start).map(({ pid }) => pid),
    stop: () => clearInterval(timer),
  }
}

/** Ids of processes whose command line holds a text: to find what a command left behind. */
export function processesNamed(marker: string): number[] {
  return allRows()
    .filter(({ pid }) => {
      try {
        return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker)
      } catch {
        return false
      }
    })
    .map(({ pid }) => pid)
}
