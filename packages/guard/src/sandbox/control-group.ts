import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from './mount-stubs.ts'

/** Counts what all commands of a session use together; the kernel holds them to it, root included. */
export interface ControlGroup {
  /** Program and arguments to put in front of a launcher, so that it starts in the group. */
  enter: readonly string[]
  /** What is capped: always the number of processes, memory where the machine can. */
  caps: ('processes' | 'memory')[]
  /** Ends what is left inside, and removes the group. */
  close(): Promise<void>
}

export interface GroupLimits {
  processes: number
  memoryBytes: number
}

type Controller = 'pids' | 'memory'

const files = {
  1: { pids: 'pids.max', memory: 'memory.limit_in_bytes' },
  2: { pids: 'pids.max', memory: 'memory.max' },
} as const

const prefix = 'cairn-'

/** A group below one that this process may write to; null where there is none. Control groups of both versions. */
export const openControlGroup = (limits: GroupLimits, pid: number): ControlGroup | null => {
  const places = groupPlaces(textOf('/proc/self/cgroup'), textOf('/proc/self/mountinfo'))
  const folders: string[] = []
  const caps: ControlGroup['caps'] = []
  for (const controller of ['pids', 'memory'] as const) {
    const value = String(controller === 'pids' ? limits.processes : limits.memoryBytes)
    const known = folders.find((folder) => existsSync(join(folder, files[2][controller])))
    if (known !== undefined && setLimit(join(known, files[2][controller]), value)) {
      caps.push(controller === 'pids' ? 'processes' : 'memory')
      continue
    }
    for (const { version, folder } of places[controller]) {
      clearDead(folder)
      const made = makeGroup(folder, controller, version, pid, value)
      if (made === null) continue
      folders.push(made)
      caps.push(controller === 'pids' ? 'processes' : 'memory')
      break
    }
  }
  if (folders.length === 0) return null
  const script = `${folders.map((_, index) => `echo $$ > "$${index + 1}" || exit 125`).join('; ')}; shift ${folders.length}; exec "$@"`
  return {
    enter: ['/bin/sh', '-c', script, 'sh', ...folders.map((folder) => join(folder, 'cgroup.procs'))],
    caps,
    async close() {
      for (const folder of folders) await remove(folder)
    },
  }
}

interface Place {
  version: 1 | 2
  folder: string
}

/** Where groups could be made for a controller: below our own, or below one that holds ours (cgroups(7)). */
export const groupPlaces = (cgroups: string, mountinfo: string): Record<Controller, Place[]> => {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const [, , , root = '', point = ''] = before.split(' ')
    const [type = '', , options = ''] = after.split(' ')
    return type === 'cgroup' || type === 'cgroup2' ? [{ root, point, type, options: options.split(',') }] : []
  })
  const found: Record<Controller, Place[]> = { pids: [], memory: [] }
  for (const line of cgroups.split('\n')) {
    const [, names = '', own = ''] = /^\d+:([^:]*):(.*)$/u.exec(line) ?? []
    if (own === '') continue
    for (const controller of ['pids', 'memory'] as const) {
      const version = names === '' ? 2 : 1
      if (version === 1 && !names.split(',').includes(controller)) continue
      const mount = mounts.find(({ type, options }) =>
        version === 2 ? type === 'cgroup2' : type === 'cgroup' && options.includes(controller),
      )
      if (mount === undefined) continue
      const below = mount.root === '/' ? own : own.startsWith(mount.root) ? own.slice(mount.root.length) : ''
      let folder = join(mount.point, below).replace(/(?<=.)\/$/u, '')
      for (let depth = 0; depth < 4; depth++) {
        found[controller].push({ version, folder })
        if (version === 1 || folder === mount.point) break
        folder = dirname(folder)
      }
    }
  }
  return found
}

const makeGroup = (
  parent: string,
  controller: Controller,
  version: 1 | 2,
  pid: number,
  value: string,
): string | null => {
  const folder = join(parent, `${prefix}${pid}-${controller}`)
  try {
    mkdirSync(folder)
  } catch {
    return null
  }
  const file = join(folder, files[version][controller])
  if (version === 2 && !existsSync(file)) {
    for (const each of ['pids', 'memory'])
      try {
        writeFileSync(join(parent, 'cgroup.subtree_control'), `+${each}`)
      } catch {
        // Not given to us, or the group has processes of its own.
      }
  }
  if (existsSync(file) && setLimit(file, value)) return folder
  tryRemove(folder)
  return null
}

const setLimit = (file: string, value: string): boolean => {
  try {
    writeFileSync(file, value)
    return true
  } catch {
    return false
  }
}

/** Removes the groups of sessions that ended without doing so. */
const clearDead = (parent: string) => {
  try {
    for (const name of readdirSync(parent)) {
      const pid = new RegExp(`^${prefix}(\\d+)-`, 'u').exec(name)?.[1]
      if (pid !== undefined && !isAlive(Number(pid))) tryRemove(join(parent, name))
    }
  } catch {
    // Cannot be listed: nothing of ours is there.
  }
}

const tryRemove = (folder: string): boolean => {
  try {
    rmdirSync(folder)
    return true
  } catch {
    return !existsSync(folder)
  }
}

const remove = async (folder: string): Promise<void> => {
  setLimit(join(folder, 'cgroup.kill'), '1')
  for (let round = 0; round < 20 && !tryRemove(folder); round++) await sleep(10)
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
