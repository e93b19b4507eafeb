import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { statOrNull } from './look-up.ts'
import { commonDirStub } from './protections.ts'

/** Empty host folders that stand where a protected name is absent, so that something can be mounted there. */
export interface MountStubs {
  /** Creates what is missing; returns those that could not be created. */
  ensure(paths: readonly string[]): Set<string>
  /** Whether no other living process has the same workspace in use. */
  alone(): boolean
  /** Removes what this process created, unless another living process has the same workspace in use. */
  close(): void
}

/**
 * Stubs of one workspace, recorded under `dataDir` before they are created: what a crashed process left is removed
 * when the next one starts. Removal is `rmdir`, so a folder that somebody has put to use stays.
 */
export const mountStubs = (dataDir: string, workspace: string, pid: number): MountStubs => {
  const folder = join(dataDir, 'stubs')
  const prefix = createHash('sha256').update(workspace).digest('hex').slice(0, 16)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const record = claim(join(folder, `${prefix}.${pid}`))
  const own = new Set<string>()

  const others = (alive: boolean) =>
    readdirSync(folder)
      .filter((file) => file.startsWith(`${prefix}.`) && join(folder, file) !== record)
      .filter((file) => isAlive(Number(file.split('.')[1])) === alive)
      .map((file) => join(folder, file))

  const save = (file: string, paths: Iterable<string>) =>
    writeFileSync(file, JSON.stringify([...new Set([...readRecord(file), ...paths])]), { mode: 0o600 })

  // Removing a mount point unmounts what another process has mounted there: the last one alive clears up for all.
  const release = (paths: Iterable<string>) => {
    const heir = others(true)[0]
    // The deepest first: what stands in a folder goes before it.
    if (heir === undefined) for (const path of [...paths].sort((a, b) => b.length - a.length)) remove(path)
    else save(heir, paths)
  }

  for (const file of others(false)) {
    release(readRecord(file))
    rmSync(file, { force: true })
  }

  return {
    alone: () => others(true).length === 0,
    ensure(paths) {
      const missing = paths.filter((path) => statOrNull(path) === null)
      if (missing.some((path) => !own.has(path))) {
        for (const path of missing) own.add(path)
        save(record, own)
      }
      const failed = new Set<string>()
      for (const path of missing) {
        try {
          if (path.endsWith('/')) mkdirSync(path, { mode: 0o755 })
          else writeFileSync(path, commonDirStub, { flag: 'wx' })
        } catch {
          if (statOrNull(path) === null) failed.add(path)
        }
      }
      return failed
    },
    close() {
      const paths = new Set([...own, ...readRecord(record)])
      rmSync(record, { force: true })
      release(paths)
      own.clear()
    },
  }
}

/**
 * Removes what processes left behind that ended without doing so, in whatever workspace; returns what was removed. What is
 * still in use by a living process stays.
 */
export const clearLeftStubs = (dataDir: string): string[] => {
  const folder = join(dataDir, 'stubs')
  if (statOrNull(folder) === null) return []
  const removed: string[] = []
  const records = readdirSync(folder).map((file) => {
    const [prefix = '', pid = ''] = file.split('.')
    return { file: join(folder, file), prefix, alive: isAlive(Number(pid)) }
  })
  for (const { file, prefix, alive } of records) {
    if (alive || records.some((other) => other.alive && other.prefix === prefix)) continue
    for (const path of readRecord(file).sort((a, b) => b.length - a.length)) {
      const before = statOrNull(path) !== null
      remove(path)
      if (before && statOrNull(path) === null) removed.push(path.replace(/\/$/u, ''))
    }
    rmSync(file, { force: true })
  }
  return removed
}

const claim = (start: string): string => {
  for (let number = 0; ; number++) {
    const file = `${start}.${number}.json`
    if (statOrNull(file) !== null) continue
    writeFileSync(file, '[]', { mode: 0o600 })
    return file
  }
}

const remove = (path: string) => {
  try {
    if (path.endsWith('/')) rmdirSync(path)
    else if (readFileSync(path, 'utf8') === commonDirStub) unlinkSync(path)
  } catch {
    // Gone, or in use by its owner: both are fine.
  }
}

const readRecord = (file: string): string[] => {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Array.isArray(value) ? value.filter((path) => typeof path === 'string') : []
  } catch {
    return []
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
