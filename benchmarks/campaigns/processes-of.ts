import { readdirSync, readFileSync } from 'node:fs'

function childrenOf(pid: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/u.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid ? [Number(name)] : []
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
}

/**
 * The coordinator of a running `cairn campaign`, then its workers: each `cairn` is a process of Node, below launchers or not.
 * `any`: everything below it, and not workers alone.
 */
export function processesOf(pid: number, any: boolean): number[] {
  const all = [pid]
  for (const each of all) all.push(...childrenOf(each))
  return all.filter((each) => {
    if (any) return true
    try {
      const words = readFileSync(`/proc/${each}/cmdline`, 'utf8').split('\0')
      return words.includes('campaign') || (words.includes('fleet') && words.includes('worker'))
    } catch {
      return false
    }
  })
}
