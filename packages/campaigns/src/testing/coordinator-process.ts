/** A coordinator as a process of its own, for tests. Its last line of output is how the campaign ended. */
import { runCampaign } from '../coordinate/run-campaign.ts'
import { parseCampaign } from '../define/parse-campaign.ts'
import { openEmbeddedFleet } from '../fleet/embedded-fleet.ts'
import { openPostgresFleet } from '../fleet/postgres-fleet.ts'
import { spawnWorker } from './spawn-worker.ts'

export interface CoordinatorSettings {
  dataDir: string
  home: string
  /** Address of a database, or path of a file. */
  fleet: string
  repository: string
  /** A campaign file's text, or the id of a campaign. */
  definition: string | null
  campaign: string | null
  workers: number
}

// Written by tests alone.
const settings = JSON.parse(process.argv[2] ?? '{}') as CoordinatorSettings
const { dataDir, home, repository, definition, campaign } = settings
const fleet = settings.fleet.startsWith('postgres:')
  ? await openPostgresFleet(settings.fleet, { now: Date.now })
  : openEmbeddedFleet(settings.fleet, { now: Date.now })
try {
  const { finished } = await runCampaign({
    dataDir,
    home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' },
    now: Date.now,
    target:
      definition === null
        ? { id: campaign ?? '' }
        : { definition: parseCampaign(definition, 'test', []), repository },
    version: '0.0.0',
    fleet,
    workers: settings.workers,
    startWorker: (id, number) => {
      const worker = {
        id: `w${process.pid}-${number}`,
        campaign: id,
        dataDir,
        home,
        fleet: settings.fleet,
        model: null,
        leaseMs: 5_000,
      }
      return spawnWorker(worker, process.execArgv).worker
    },
    approve: null,
    provider: null,
    priority: 0,
    signal: new AbortController().signal,
    listener: () => undefined,
    onProgress: () => undefined,
  })
  process.stdout.write(`${JSON.stringify(finished)}\n`)
} finally {
  await fleet.close()
}
