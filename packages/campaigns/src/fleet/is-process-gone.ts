import { hostname } from 'node:os'

/** Whether a process has surely ended: known only on its own machine. A number used again only delays the answer. */
export function isProcessGone(host: string, pid: number): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
