import type { DatabaseSync } from 'node:sqlite'
import { hostname } from 'node:os'
import { JournalError } from './journal-error.ts'
import { isProcessGone, processBirth } from './process-birth.ts'
import { integer } from './row.ts'
import type { Row } from './row.ts'
import type { Transaction } from './transaction.ts'
import { pause } from './pause.ts'

/** A writer that has not been heard of for so long (milliseconds) loses its lease even if its process lives. */
export const leaseLimitMs = 60_000
/** How often (milliseconds) an idle writer says that it is there. */
export const heartbeatMs = 10_000

const pollMs = 25

/** Who holds a lease, as far as the row tells. */
interface Holder {
  pid: number
  host: string
  since: number
}

function holderOf(row: Row, now: number): Holder | null {
  const { pid, birth, host, since, heartbeat } = row
  if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'number') return null
  if (host === hostname() && isProcessGone(pid, typeof birth === 'string' ? birth : null)) return null
  if (typeof heartbeat === 'number' && now - heartbeat > leaseLimitMs) return null
  return { pid, host, since }
}

/**
 * Takes the lease of the journal and gives its fencing number, which is higher than any before. A lease whose process
 * is gone, or was not heard of for `leaseLimitMs`, is taken over. Blocks up to `waitMs`, then throws `locked`.
 * `since` is told by `now` (milliseconds since the epoch); waiting is measured by the monotonic clock.
 */
export function acquireLease(
  db: DatabaseSync,
  transaction: Transaction,
  now: () => number,
  waitMs: number,
  path: string,
): number {
  const find = db.prepare('SELECT fence, pid, birth, host, since, heartbeat FROM journal WHERE id = 1')
  const take = db.prepare(
    'UPDATE journal SET fence = ?, pid = ?, birth = ?, host = ?, since = ?, heartbeat = ? WHERE id = 1',
  )
  const birth = processBirth(process.pid)
  const deadline = performance.now() + waitMs
  for (;;) {
    const result = transaction(() => {
      const row = find.get() ?? {}
      const time = Math.floor(now())
      const holder = holderOf(row, time)
      if (holder !== null) return holder
      const fence = integer(row, 'fence') + 1
      take.run(fence, process.pid, birth, hostname(), time, time)
      return fence
    })
    if (typeof result === 'number') return result
    if (performance.now() >= deadline) {
      throw new JournalError(
        'locked',
        `The journal ${path} is being written by process ${result.pid} on ${result.host} since ${new Date(result.since).toISOString()}.`,
        'End that process, wait for it, or open the session for reading.',
        { path, ...result },
      )
    }
    pause(pollMs)
  }
}

/** What a writer throws once another one has taken over. */
export function leaseLost(path: string, fence: number): JournalError {
  return new JournalError(
    'lease-lost',
    `Another process has taken over the journal ${path}: this one was not heard of for more than ${leaseLimitMs / 1000} s.`,
    'Nothing was written. Open the session again to go on from where the other process has left it.',
    { path, fence },
  )
}

/** Gives the lease back; false where another writer has it by now. */
export function releaseLease(db: DatabaseSync, fence: number): boolean {
  const release = db.prepare(
    'UPDATE journal SET pid = NULL, birth = NULL, host = NULL WHERE id = 1 AND fence = ?',
  )
  return Number(release.run(fence).changes) === 1
}
