import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { EMBEDDED_SCHEMA } from './embedded-schema.ts'
import { embeddedSegments } from './embedded-segments.ts'
import {
  backoff,
  RETRY,
  type Claim,
  type Fleet,
  type FleetEvent,
  type FleetStatus,
  type RetryRules,
} from './fleet.ts'
import { isProcessGone } from './is-process-gone.ts'
import { leaseLost, queueLost } from './lease-lost.ts'

const BUSY_MS = 30_000
const SQLITE_BUSY = 5
const WAL_TRIES = 200
const WAL_PAUSE_MS = 25
/** A worker that was not seen for so long is forgotten. */
const FORGET_MS = 60_000

export interface EmbeddedFleetOptions {
  /** Milliseconds since the epoch. */
  now: () => number
  retry?: RetryRules
}

type Row = Record<string, SQLInputValue | undefined>
const integer = (row: Row | undefined, name: string): number => {
  const value = row?.[name]
  return typeof value === 'number' ? value : 0
}
const string = (row: Row | undefined, name: string): string => {
  const value = row?.[name]
  return typeof value === 'string' ? value : ''
}

/** SQLite does not wait for others who make the same file: its busy timeout leaves the switch to WAL out. */
function useWal(db: DatabaseSync): void {
  for (let left = WAL_TRIES; ; left--) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      const isBusy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
      if (!isBusy || left === 0) {
        db.close()
        throw error
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_PAUSE_MS)
    }
  }
}

/** The fleet of one machine: an SQLite file that its worker processes share. */
export function openEmbeddedFleet(path: string, options: EmbeddedFleetOptions): Fleet {
  const { now, retry = RETRY } = options
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const db = new DatabaseSync(path, { timeout: BUSY_MS })
  useWal(db)
  db.exec('PRAGMA synchronous = NORMAL')
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  const statement = (sql: string) => {
    const found = prepared.get(sql) ?? db.prepare(sql)
    prepared.set(sql, found)
    return found
  }
  const run = (sql: string, ...values: SQLInputValue[]) => Number(statement(sql).run(...values).changes)
  const row = (sql: string, ...values: SQLInputValue[]): Row | undefined => statement(sql).get(...values)
  const rows = (sql: string, ...values: SQLInputValue[]): Row[] => statement(sql).all(...values)
  const transaction = <T>(work: () => T): T => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      db.exec('COMMIT')
      return result
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }
  transaction(() => db.exec(EMBEDDED_SCHEMA))
  const segments = embeddedSegments({ run, row, rows })

  const tell = (
    queue: string,
    job: string,
    kind: FleetEvent['kind'],
    worker: string,
    attempt: number,
    body: string,
  ) =>
    run(
      'INSERT INTO outbox(queue, job, kind, worker, attempt, body, time) VALUES(?, ?, ?, ?, ?, ?, ?)',
      queue,
      job,
      kind,
      worker,
      attempt,
      body,
      Math.floor(now()),
    )

  /** Ends a job's attempt: back into the queue, or dead. */
  const giveUp = (queue: string, job: string, found: Row, reason: string, count: 'failures' | 'losses') => {
    const used = integer(found, count) + 1
    const dead = used >= retry[count]
    const wait = count === 'failures' ? backoff(retry, used) : 0
    run(
      `UPDATE jobs SET state = ?, ${count} = ?, fence = fence + 1, worker = NULL, lease_until = NULL, not_before = ? WHERE queue = ? AND id = ?`,
      dead ? 'dead' : 'ready',
      used,
      Math.floor(now()) + wait,
      queue,
      job,
    )
    const isStuck = count === 'failures' && !segments.hasGrown(queue, job, integer(found, 'fence'))
    if (dead || isStuck) segments.forget(queue, job)
    tell(queue, job, dead ? 'dead' : 'retried', string(found, 'worker'), integer(found, 'attempt'), reason)
  }

  const takeBackLost = () => {
    const holders = rows(
      "SELECT DISTINCT w.id, w.host, w.pid FROM jobs j JOIN workers w ON w.id = j.worker WHERE j.state = 'running'",
    )
    const gone = holders.filter((held) => isProcessGone(string(held, 'host'), integer(held, 'pid')))
    for (const held of gone)
      run("UPDATE jobs SET lease_until = 0 WHERE state = 'running' AND worker = ?", string(held, 'id'))
    for (const lost of rows(
      "SELECT * FROM jobs WHERE state = 'running' AND lease_until < ?",
      Math.floor(now()),
    ))
      giveUp(
        string(lost, 'queue'),
        string(lost, 'id'),
        lost,
        'its worker was not heard of any more',
        'losses',
      )
  }

  const owned = <T>(claim: Claim, work: (found: Row) => T): T =>
    transaction(() => {
      const found = row('SELECT * FROM jobs WHERE queue = ? AND id = ?', claim.queue, claim.job)
      if (found === undefined || found['state'] !== 'running' || found['fence'] !== claim.fence)
        throw leaseLost(claim)
      return work(found)
    })

  const mustCoordinate = (queue: string, fence: number | undefined) => {
    const last = integer(row('SELECT board_fence FROM queues WHERE name = ?', queue), 'board_fence')
    if (fence !== undefined && last > fence) throw queueLost(queue)
  }

  const openQueues = (queue: string | null) =>
    rows(
      `SELECT name FROM queues q WHERE cancelled = 0 AND (? IS NULL OR name = ?)
       AND NOT EXISTS (
         SELECT 1 FROM queue_keys k JOIN limits l ON l.key = k.key WHERE k.queue = q.name AND l.most <= (
           SELECT count(*) FROM jobs j JOIN queue_keys other ON other.queue = j.queue AND other.key = k.key
           WHERE j.state = 'running'))
       ORDER BY priority DESC, rowid`,
      queue,
      queue,
    )

  return {
    reach: 'machine',
    async openQueue({ name, keys, priority = 0 }) {
      transaction(() => {
        run(
          `INSERT INTO queues(name, keys, priority) VALUES(?, ?, ?)
           ON CONFLICT(name) DO UPDATE SET keys = excluded.keys, priority = excluded.priority, cancelled = 0`,
          name,
          JSON.stringify(keys),
          priority,
        )
        run('DELETE FROM queue_keys WHERE queue = ?', name)
        for (const key of new Set(keys)) run('INSERT INTO queue_keys VALUES(?, ?)', name, key)
      })
    },
    async publish(queue, board, fence) {
      const changed = run(
        'UPDATE queues SET board = ?, board_fence = ? WHERE name = ? AND board_fence <= ?',
        board,
        fence,
        queue,
        fence,
      )
      if (changed === 0) throw queueLost(queue)
    },
    async board(queue) {
      const board = row('SELECT board FROM queues WHERE name = ?', queue)?.['board']
      return typeof board === 'string' ? board : null
    },
    async enqueue(queue, jobs, fence) {
      transaction(() => {
        mustCoordinate(queue, fence)
        for (const { id, priority, payload } of jobs)
          run(
            'INSERT OR IGNORE INTO jobs(queue, id, priority, payload) VALUES(?, ?, ?, ?)',
            queue,
            id,
            priority,
            payload,
          )
      })
    },
    async claim(worker, { leaseMs, queue = null }) {
      return transaction(() => {
        takeBackLost()
        const time = Math.floor(now())
        for (const open of openQueues(queue)) {
          const name = string(open, 'name')
          const job = row(
            "SELECT * FROM jobs WHERE queue = ? AND state = 'ready' AND not_before <= ? ORDER BY priority DESC, seq LIMIT 1",
            name,
            time,
          )
          if (job === undefined) continue
          run('UPDATE fence SET last = last + 1')
          const fence = integer(row('SELECT last FROM fence'), 'last')
          const attempt = integer(job, 'attempt') + 1
          run(
            "UPDATE jobs SET state = 'running', attempt = ?, fence = ?, worker = ?, lease_until = ? WHERE seq = ?",
            attempt,
            fence,
            worker,
            time + leaseMs,
            integer(job, 'seq'),
          )
          tell(name, string(job, 'id'), 'claimed', worker, attempt, '')
          return {
            queue: name,
            job: string(job, 'id'),
            payload: string(job, 'payload'),
            fence,
            attempt,
            worker,
            leaseMs,
          }
        }
        return null
      })
    },
    async heartbeat(claim, leaseMs) {
      return transaction(() => {
        const changed = run(
          "UPDATE jobs SET lease_until = ? WHERE queue = ? AND id = ? AND fence = ? AND state = 'running'",
          Math.floor(now()) + leaseMs,
          claim.queue,
          claim.job,
          claim.fence,
        )
        if (changed === 0) return 'lost'
        return integer(row('SELECT cancelled FROM queues WHERE name = ?', claim.queue), 'cancelled') === 1
          ? 'cancelled'
          : 'held'
      })
    },
    async finish(claim, output) {
      owned(claim, () => {
        run(
          "UPDATE jobs SET state = 'done', lease_until = NULL WHERE queue = ? AND id = ?",
          claim.queue,
          claim.job,
        )
        tell(claim.queue, claim.job, 'done', claim.worker, claim.attempt, output)
      })
    },
    async fail(claim, reason) {
      owned(claim, (found) => giveUp(claim.queue, claim.job, found, reason, 'failures'))
    },
    async release(claim) {
      owned(claim, () =>
        run(
          `UPDATE jobs SET state = 'ready', attempt = attempt - 1, fence = fence + 1, worker = NULL, lease_until = NULL
           WHERE queue = ? AND id = ?`,
          claim.queue,
          claim.job,
        ),
      )
    },
    async saveSegment(claim, segment) {
      return owned(claim, () => {
        run(
          'UPDATE jobs SET lease_until = ? WHERE queue = ? AND id = ?',
          Math.floor(now()) + claim.leaseMs,
          claim.queue,
          claim.job,
        )
        return segments.save(claim, segment)
      })
    },
    async segments(claim) {
      return transaction(() => segments.read(claim))
    },
    async forgetSegments(queue) {
      transaction(() => segments.forgetEnded(queue))
    },
    async shareCommits(queue, { from, to, pack }, fence) {
      transaction(() => {
        mustCoordinate(queue, fence)
        run('INSERT OR IGNORE INTO packs VALUES(?, ?, ?, ?)', queue, to, from, pack)
      })
    },
    async commits(queue, commit) {
      const found = row('SELECT origin, data FROM packs WHERE queue = ? AND target = ?', queue, commit)
      const pack = found?.['data']
      return pack instanceof Uint8Array ? { from: string(found, 'origin'), to: commit, pack } : null
    },
    async forgetCommits(queue) {
      run('DELETE FROM packs WHERE queue = ?', queue)
    },
    async cancel(queue, fence) {
      transaction(() => {
        mustCoordinate(queue, fence)
        run('UPDATE queues SET cancelled = 1 WHERE name = ?', queue)
        for (const job of rows("SELECT id, attempt FROM jobs WHERE queue = ? AND state = 'ready'", queue)) {
          tell(queue, string(job, 'id'), 'cancelled', '', integer(job, 'attempt'), 'the queue was cancelled')
          run('DELETE FROM jobs WHERE queue = ? AND id = ?', queue, string(job, 'id'))
          segments.forget(queue, string(job, 'id'))
        }
      })
    },
    async outbox(queue, after, limit) {
      return rows(
        'SELECT * FROM outbox WHERE queue = ? AND seq > ? ORDER BY seq LIMIT ?',
        queue,
        after,
        limit,
      ).map((found) => ({
        seq: integer(found, 'seq'),
        job: string(found, 'job'),
        // Written by `tell` alone.
        kind: string(found, 'kind') as FleetEvent['kind'],
        worker: string(found, 'worker'),
        attempt: integer(found, 'attempt'),
        body: string(found, 'body'),
        time: integer(found, 'time'),
      }))
    },
    async limit(key, most) {
      if (most === null) run('DELETE FROM limits WHERE key = ?', key)
      else
        run('INSERT INTO limits VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET most = excluded.most', key, most)
    },
    async register({ id, host, pid }) {
      run(
        'INSERT INTO workers(id, host, pid, seen) VALUES(?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET seen = excluded.seen, draining = 0',
        id,
        host,
        pid,
        Math.floor(now()),
      )
    },
    async unregister(worker) {
      run('DELETE FROM workers WHERE id = ?', worker)
    },
    async seen(worker) {
      run('UPDATE workers SET seen = ? WHERE id = ?', Math.floor(now()), worker)
      return integer(row('SELECT draining FROM workers WHERE id = ?', worker), 'draining') === 1
    },
    async drain(worker) {
      return run(
        'UPDATE workers SET draining = 1 WHERE draining = 0 AND (? IS NULL OR id = ?)',
        worker,
        worker,
      )
    },
    async status(): Promise<FleetStatus> {
      return transaction(() => {
        takeBackLost()
        run('DELETE FROM workers WHERE seen < ?', Math.floor(now()) - FORGET_MS)
        const time = Math.floor(now())
        return {
          queues: rows(
            `SELECT q.name, q.cancelled,
               sum(j.state = 'ready' AND j.not_before <= ?) AS ready, sum(j.state = 'ready' AND j.not_before > ?) AS waiting,
               sum(j.state = 'running') AS running, sum(j.state = 'done') AS done, sum(j.state = 'dead') AS dead
             FROM queues q LEFT JOIN jobs j ON j.queue = q.name GROUP BY q.name ORDER BY q.rowid`,
            time,
            time,
          ).map((found) => ({
            name: string(found, 'name'),
            ready: integer(found, 'ready'),
            waiting: integer(found, 'waiting'),
            running: integer(found, 'running'),
            done: integer(found, 'done'),
            dead: integer(found, 'dead'),
            cancelled: integer(found, 'cancelled') === 1,
          })),
          workers: rows(
            `SELECT w.*, (SELECT queue || '/' || j.id FROM jobs j WHERE j.state = 'running' AND j.worker = w.id LIMIT 1) AS job
             FROM workers w ORDER BY id`,
          ).map((found) => ({
            id: string(found, 'id'),
            host: string(found, 'host'),
            pid: integer(found, 'pid'),
            seen: integer(found, 'seen'),
            draining: integer(found, 'draining') === 1,
            job: string(found, 'job') === '' ? null : string(found, 'job'),
          })),
        }
      })
    },
    async close() {
      if (db.isOpen) db.close()
    },
  }
}
