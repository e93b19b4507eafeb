import { dataDir as dataFolder } from '@cairn/journal'
import type { auditProgram } from '@cairn/review'
import type { ImportResult, Vulnerable } from '@cairn/review/advisories'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Io } from './command.ts'
import { count } from './output/format.ts'
import { UsageError } from './usage-error.ts'

type Program = Awaited<ReturnType<typeof auditProgram>>['program']

/** Where the imported advisories of this user are. */
export const advisoriesPath = (io: Pick<Io, 'env'>): string =>
  join(dataFolder(io.env, process.platform), 'advisories.sqlite')

/** Says what of a database could not be read. */
export function tellBad({ bad }: ImportResult, io: Pick<Io, 'stderr'>): void {
  if (bad.count === 0) return
  io.stderr.write(`${count(bad.count, 'text')} of the database could not be read, the rest was:\n`)
  for (const { source, why } of bad.first) io.stderr.write(`  ${source}: ${why}\n`)
  if (bad.count > bad.first.length) io.stderr.write(`  … and ${bad.count - bad.first.length} more\n`)
}

/**
 * Known defects of what the lock files under a folder pin.
 *
 * @param from path of an OSV database, `imported`, `none`, or null: the imported one if there is one
 */
export async function findKnownDefects(
  folder: string,
  program: Program,
  from: string | null,
  io: Io,
): Promise<Vulnerable[]> {
  const kept = advisoriesPath(io)
  const isKept = existsSync(kept)
  if (from === 'none' || (from === null && !isKept)) return []
  if (from === 'imported' && !isKept)
    throw new UsageError('No advisories were imported', 'Import them with `cairn advisories import PATH`.')
  const { findUses, findVulnerable, openAdvisories } = await import('@cairn/review/advisories')
  const { readLockfiles } = await import('@cairn/review/sbom')
  const isPath = from !== null && from !== 'imported'
  const advisories = openAdvisories(isPath ? ':memory:' : kept)
  try {
    if (isPath) tellBad(await advisories.import(resolve(io.cwd(), from)), io)
    return findVulnerable(readLockfiles(folder), advisories, findUses(program))
  } finally {
    advisories.close()
  }
}
