import { readFileSync } from 'node:fs'

/**
 * All descendants of a process, nearest first. Linux only (empty elsewhere). PID namespaces do not matter: the host sees
 * what is inside of them, under its own numbers.
 */
const descendants = (pid: number): number[] => {
  const found: number[] = []
  const queue = [pid]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const child of childrenOf(next)) {
      found.push(child)
      queue.push(child)
    }
  }
  return found
}

/** The nearest descendants of a process. */
export const childrenOf = (pid: number): number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Sends a signal; false where the process is gone already. */
export const send = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, signal)
    return true
  } catch {
    return false
  }
}

/**
 * Asks everything under the launcher to end. The launcher itself is spared: with it the whole sandbox would die at once,
 * before any process could clean up. The first process inside ignores the signal.
 */
export const askToEnd = (pid: number): void => {
  const inside = descendants(pid)
  if (inside.length === 0) send(-pid, 'SIGTERM')
  else for (const child of inside) send(child, 'SIGTERM')
}

/** Ends everything: the launcher and its group, and with the launcher its PID namespace. */
export const forceEnd = (pid: number): void => {
  const inside = descendants(pid)
  send(-pid, 'SIGKILL')
  send(pid, 'SIGKILL')
  for (const child of inside) send(child, 'SIGKILL')
}
