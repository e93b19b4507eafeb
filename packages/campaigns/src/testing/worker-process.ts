/** A worker as a process of its own, for tests: `node worker-process.ts '{"dataDir": …}'`. */
import { createModel } from '@cairn/models'
import { openEmbeddedFleet } from '../fleet/embedded-fleet.ts'
import { openPostgresFleet } from '../fleet/postgres-fleet.ts'
import { serveUnits } from '../unit/serve-units.ts'

export interface WorkerSettings {
  id: string
  campaign: string
  dataDir: string
  home: string
  /** Address of a database, or path of a file. */
  fleet: string
  /** Base URL of a scripted model server; null: there is no model. */
  model: string | null
  leaseMs: number
  /** Its own clone; default: where the coordinator has the repository. */
  repository?: string
}

// Written by `campaignRig` alone.
const settings = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings
const { id, campaign, dataDir, home, leaseMs } = settings
const env = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' }
const drain = new AbortController()
const stop = new AbortController()
process.on('SIGTERM', () => drain.abort())
process.on('SIGINT', () => stop.abort())
process.on('disconnect', () => stop.abort())

const fleet = settings.fleet.startsWith('postgres:')
  ? await openPostgresFleet(settings.fleet, { now: Date.now })
  : openEmbeddedFleet(settings.fleet, { now: Date.now })
await serveUnits({
  fleet,
  id,
  agent: {
    version: '0.0.0',
    home,
    env,
    dataDir,
    now: Date.now,
    async model() {
      const { model: baseUrl } = settings
      if (baseUrl === null) throw new Error('this test has no model')
      const ref = {
        provider: 'openai-compatible',
        id: 'scripted',
        baseUrl,
        wire: 'chat',
        apiKey: 'test',
      } as const
      return { model: await createModel(ref, { env }), window: null }
    },
  },
  campaign,
  repository: settings.repository ?? null,
  drain: drain.signal,
  stop: stop.signal,
  leaseMs,
})
await fleet.close()
if (process.connected) process.disconnect?.()
