import { readFileSync } from 'node:fs'

/** State and start time of a process as proc(5) gives them; null where the platform has no such file. */
function processStat(pid: number): { state: string; birth: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command name in parentheses may hold spaces; the state is the first field after it, the start the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', birth: fields[19] ?? '' }
  } catch {
    return null
  }
}

/**
 * When the process with this pid started, as an opaque word; null where the platform does not tell. With it a pid that
 * was given out again (pid 1 of the next container, or after a reboot) is not taken for the process that had it before.
 */
export const processBirth = (pid: number): string | null => processStat(pid)?.birth ?? null

/** Whether a process of this host is gone. */
export function isProcessGone(pid: number, birth: string | null): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
  const stat = processStat(pid)
  // A zombie has a pid until its parent asks for it, but never runs again.
  return (
    stat !== null && (stat.state === 'Z' || stat.state === 'X' || (birth !== null && birth !== stat.birth))
  )
}
