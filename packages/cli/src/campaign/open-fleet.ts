import type { Fleet } from '@cairn/campaigns'
import { dataDir as dataFolder } from '@cairn/journal'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Invocation } from '../command.ts'
import { stringOption } from '../parse-command-line.ts'
import { prepareDataFolder } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

export interface Place {
  dataDir: string
  home: string
  env: NodeJS.ProcessEnv
  now: () => number
}

/** Where this user's campaigns are. */
export function campaignPlace({ io }: Invocation): Place {
  const dataDir = dataFolder(io.env, process.platform)
  prepareDataFolder(dataDir)
  return { dataDir, home: io.env['HOME'] ?? homedir(), env: io.env, now: Date.now }
}

/** The fleet that --fleet or CAIRN_FLEET names; else that of this machine. */
export async function openFleet({ values, io }: Invocation, { dataDir, now }: Place): Promise<Fleet> {
  const address = stringOption(values, 'fleet') ?? io.env['CAIRN_FLEET'] ?? null
  if (address === null || address === '') {
    const { openEmbeddedFleet } = await import('@cairn/campaigns')
    return openEmbeddedFleet(join(dataDir, 'fleet.sqlite'), { now })
  }
  if (!/^postgres(?:ql)?:\/\//u.test(address))
    throw new UsageError(
      `--fleet takes the address of a PostgreSQL database, not ${JSON.stringify(address)}`,
      'For example: --fleet postgres://cairn@db.example/cairn. Without it the fleet is this machine.',
    )
  const { openPostgresFleet } = await import('@cairn/campaigns')
  return openPostgresFleet(address, { now })
}
