import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedFleet } from './embedded-fleet.ts'
import { fleetContract } from './fleet-contract.ts'

fleetContract('the embedded fleet', async (work) => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-fleet-'))
  try {
    await work({
      open: async (retry) =>
        openEmbeddedFleet(join(folder, 'fleet.sqlite'), {
          now: Date.now,
          ...(retry === undefined ? {} : { retry }),
        }),
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
