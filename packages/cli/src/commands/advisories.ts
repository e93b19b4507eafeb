import { openAdvisories } from '@cairn/review/advisories'
import { prepareDataFolder } from '@cairn/server'
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { advisoriesPath, tellBad } from '../known-defects.ts'
import { count } from '../output/format.ts'
import { UsageError } from '../usage-error.ts'

/** `cairn advisories import|status`: 1 where something of the database could not be read. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const [action = '', from] = positionals
  const json = values['json'] === true
  const path = advisoriesPath(io)
  if (action === 'status' && from === undefined) {
    if (!existsSync(path)) {
      io.stdout.write(
        json ? '[]\n' : 'No advisories were imported. `cairn advisories import PATH` does that.\n',
      )
      return 0
    }
    const advisories = openAdvisories(path)
    try {
      const status = advisories.status()
      if (json) io.stdout.write(`${JSON.stringify(status)}\n`)
      for (const one of json ? [] : status)
        io.stdout.write(
          `${one.ecosystem.padEnd(10)} ${String(one.advisories).padStart(8)} advisories on ${one.packages} packages, the newest of ${one.newest.slice(0, 10)}\n`,
        )
    } finally {
      advisories.close()
    }
    return 0
  }
  if (action !== 'import' || from === undefined)
    throw new UsageError(
      `advisories does not know ${JSON.stringify(positionals.join(' '))}`,
      'Use `cairn advisories import PATH` or `cairn advisories status`.',
    )
  prepareDataFolder(dirname(path))
  const advisories = openAdvisories(path)
  try {
    const result = await advisories.import(resolve(io.cwd(), from))
    if (json) io.stdout.write(`${JSON.stringify(result)}\n`)
    else
      io.stdout.write(
        `read ${count(result.records, 'record')}: ${result.advisories} advisories on packages\n`,
      )
    tellBad(result, io)
    return result.bad.count > 0 ? 1 : 0
  } finally {
    advisories.close()
  }
}
