import { readFileSync } from 'node:fs'

/**
 * When the process with this pid started, as an opaque word; null where the platform does not tell. With it a pid that
 * was given out again (pid 1 of the next container, or after a reboot) is not taken for the process that had it before.
 */
export function processBirth(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command name in parentheses may hold spaces; the start time is the 20th field after it (proc(5)).
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

/** Whether a process of this host is gone. */
export function isProcessGone(pid: number, birth: string | null): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
  const now = processBirth(pid)
  return birth !== null && now !== null && birth !== now
}
