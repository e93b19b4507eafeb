import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'

/** What a run of the command used. */
export interface MeasuredRun {
  /** Milliseconds since the epoch, just before the process was started. */
  startedAt: number
  code: number | null
  err: string
  /** User and system time of the process and of all children it waited for, in milliseconds. */
  cpuMs: number
  /** Most resident bytes of one process of the tree, and of the whole tree at one moment (shared pages count in each). */
  largestBytes: number
  treeBytes: number
}

/** Linux counts processor time in hundredths of a second for programs. */
const TICK_MS = 10
const PAGE = 4_096

/** Fields of /proc/PID/stat after the name; null where the process is gone. */
function stat(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

const cpuOf = (fields: readonly string[]) =>
  TICK_MS * fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)

/** Runs a command, and looks at its process tree ten times a second. Linux only. */
export async function measuredRun(
  command: readonly string[],
  options: { cwd: string; env: Record<string, string> },
): Promise<MeasuredRun> {
  const [file = '', ...args] = command
  const startedAt = performance.timeOrigin + performance.now()
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  const err: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  let largestBytes = 0
  let treeBytes = 0
  let cpuMs = 0
  const look = () => {
    const rows = new Map<number, string[]>()
    for (const name of readdirSync('/proc')) {
      const fields = /^\d+$/.test(name) ? stat(Number(name)) : null
      if (fields !== null) rows.set(Number(name), fields)
    }
    const inside = new Set([child.pid])
    for (let size = 0; size !== inside.size;) {
      size = inside.size
      for (const [pid, fields] of rows) if (inside.has(Number(fields[1]))) inside.add(pid)
    }
    let sum = 0
    for (const [pid, fields] of rows) {
      if (!inside.has(pid)) continue
      const bytes = PAGE * Number(fields[21])
      sum += bytes
      largestBytes = Math.max(largestBytes, bytes)
    }
    treeBytes = Math.max(treeBytes, sum)
    const own = rows.get(child.pid ?? 0)
    if (own !== undefined) cpuMs = cpuOf(own)
  }
  const timer = setInterval(look, 100)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(timer)
  return { startedAt, code, err: Buffer.concat(err).toString('utf8'), cpuMs, largestBytes, treeBytes }
}
