import { randomUUID } from 'node:crypto'
import { PgBoss, type ConstructorOptions } from 'pg-boss'
import { CampaignError } from '../errors.ts'
import { backoff, RETRY, type Claim, type Fleet, type FleetEvent, type RetryRules } from './fleet.ts'
import { isProcessGone } from './is-process-gone.ts'
import { leaseLost, queueLost } from './lease-lost.ts'
import { connectPostgres, type Query } from './postgres-connection.ts'
import { POSTGRES_SCHEMA } from './postgres-schema.ts'
import { forgetEnded, forgetSegments, forgetStuck, readSegments, saveSegment } from './postgres-segments.ts'

export interface PostgresFleetOptions {
  now: () => number
  retry?: RetryRules
}

interface Holder {
  host: string | null
  pid: number | null
}

interface JobRow {
  queue: string
  id: string
  boss: string
  priority: number
  payload: string
  state: string
  attempt: number
  failures: number
  losses: number
  fence: string
  worker: string | null
}

const BOSS_SCHEMA = 'cairn_boss'
/** Where pg-boss keeps what was given up. */
const DEAD_LETTERS = 'cairn.dead'
const FORGET = "interval '60 seconds'"
/** Any number, the same for all cairns: the first part of the names of their locks. */
const LOCK = 7_230_414
/** How often (milliseconds) a worker that always finds something to do looks for jobs of others that are lost. */
const LOOK_MS = 1_000
const JOB = 'queue, id, boss, priority, payload, state, attempt, failures, losses, fence, worker'
/**
 * The outbox is read by position, so positions of one queue have to become visible in their order: whoever writes to it holds
 * the queue's lock until the end of the transaction.
 */
const HELD = `held AS MATERIALIZED (SELECT pg_advisory_xact_lock(${LOCK}, hashtext($1)))`
const bossQueue = (queue: string) => `cairn.${queue}`

type BossDatabase = NonNullable<ConstructorOptions['db']>

/** Lets pg-boss work through our connection, or inside our transaction. */
const inside = (query: Query): { db: BossDatabase } => ({
  db: {
    executeSql: async (sql: string, values?: unknown[]) => ({ rows: await query.rows(sql, values) }),
  },
})

/** A fleet of many machines: pg-boss queues the jobs; leases, fences, limits and the outbox are tables beside its own. */
export async function openPostgresFleet(url: string, options: PostgresFleetOptions): Promise<Fleet> {
  const { retry = RETRY } = options
  const connection = connectPostgres(url)
  const { transaction, query } = connection
  const boss = new PgBoss({
    ...inside(query),
    schema: BOSS_SCHEMA,
    supervise: false,
    schedule: false,
    migrate: true,
  })
  // What goes wrong is thrown by the call that it concerns.
  boss.on('error', () => undefined)
  try {
    await boss.start()
    await transaction((tx) => tx.run(`SELECT pg_advisory_xact_lock(${LOCK}, 0); ${POSTGRES_SCHEMA}`))
    await boss.createQueue(DEAD_LETTERS)
  } catch (error) {
    await connection.close()
    if (CampaignError.isInstance(error)) throw error
    throw new CampaignError(
      'fleet',
      `The database of the fleet cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      'The user needs the right to create schemas in it, or the schemas cairn_fleet and cairn_boss made for it.',
      { cause: error },
    )
  }

  const tell = (
    tx: Query,
    queue: string,
    job: string,
    kind: FleetEvent['kind'],
    worker: string,
    attempt: number,
    body: string,
  ) =>
    tx.run(
      'INSERT INTO cairn_fleet.outbox(queue, job, kind, worker, attempt, body) VALUES($1, $2, $3, $4, $5, $6)',
      [queue, job, kind, worker, attempt, body],
    )

  /** Each attempt is a job of pg-boss: this ends one and, unless it was the last, sends the next. */
  const requeue = async (
    tx: Query,
    job: JobRow,
    changes: { waitMs: number; attempt: number; failures: number; losses: number },
  ) => {
    const next = randomUUID()
    await boss.complete(bossQueue(job.queue), job.boss, null, { ...inside(tx), includeQueued: true })
    const [time] = await tx.rows<{ at: Date }>(
      "SELECT clock_timestamp() + $1 * interval '1 millisecond' AS at",
      [changes.waitMs],
    )
    await boss.insert(
      bossQueue(job.queue),
      [
        {
          id: next,
          priority: job.priority,
          data: { job: job.id },
          ...(time === undefined || changes.waitMs === 0 ? {} : { startAfter: time.at }),
        },
      ],
      inside(tx),
    )
    await tx.run(
      `UPDATE cairn_fleet.job SET state = 'ready', boss = $3, attempt = $4, failures = $5, losses = $6, fence = nextval('cairn_fleet.fence'),
         worker = NULL, lease_until = NULL, not_before = clock_timestamp() + $7 * interval '1 millisecond' WHERE queue = $1 AND id = $2`,
      [job.queue, job.id, next, changes.attempt, changes.failures, changes.losses, changes.waitMs],
    )
  }

  const giveUp = async (tx: Query, job: JobRow, reason: string, count: 'failures' | 'losses') => {
    const used = job[count] + 1
    const { attempt } = job
    const failures = count === 'failures' ? used : job.failures
    const losses = count === 'losses' ? used : job.losses
    if (used < retry[count]) {
      const waitMs = count === 'failures' ? backoff(retry, used) : 0
      if (count === 'failures') await forgetStuck(tx, job.queue, job.id, job.fence)
      await requeue(tx, job, { waitMs, attempt, failures, losses })
      await tell(tx, job.queue, job.id, 'retried', job.worker ?? '', attempt, reason)
      return
    }
    await boss.complete(bossQueue(job.queue), job.boss, null, inside(tx))
    await boss.insert(DEAD_LETTERS, [{ data: { queue: job.queue, job: job.id, attempt } }], inside(tx))
    await tx.run(
      `UPDATE cairn_fleet.job SET state = 'dead', failures = $3, losses = $4, fence = nextval('cairn_fleet.fence'), worker = NULL,
         lease_until = NULL WHERE queue = $1 AND id = $2`,
      [job.queue, job.id, failures, losses],
    )
    await forgetSegments(tx, job.queue, [job.id])
    await tell(tx, job.queue, job.id, 'dead', job.worker ?? '', attempt, reason)
  }

  const lockQueue = (tx: Query, queue: string) =>
    tx.run(`SELECT pg_advisory_xact_lock(${LOCK}, hashtext($1))`, [queue])

  let looked = -Infinity
  /** Gives how many jobs were taken from workers that are gone. */
  const takeBackLost = async (): Promise<number> => {
    looked = performance.now()
    const held = await query.rows<
      Pick<JobRow, 'queue' | 'id' | 'fence'> & Partial<Holder> & { late: boolean }
    >(
      `SELECT j.queue, j.id, j.fence, w.host, w.pid, j.lease_until < clock_timestamp() AS late
       FROM cairn_fleet.job j LEFT JOIN cairn_fleet.worker w ON w.id = j.worker WHERE j.state = 'running'`,
      [],
    )
    let count = 0
    for (const { queue, id, fence, host, pid, late } of held) {
      const gone = typeof host === 'string' && typeof pid === 'number' && isProcessGone(host, pid)
      if (!late && !gone) continue
      await transaction(async (tx) => {
        await lockQueue(tx, queue)
        // A heartbeat may have come meanwhile.
        const [job] = await tx.rows<JobRow>(
          `SELECT ${JOB} FROM cairn_fleet.job WHERE queue = $1 AND id = $2 AND fence = $3 AND state = 'running'
           AND ($4 OR lease_until < clock_timestamp()) FOR UPDATE`,
          [queue, id, fence, gone],
        )
        if (job === undefined) return
        await giveUp(tx, job, 'its worker was not heard of any more', 'losses')
        count += 1
      })
    }
    return count
  }

  const mustCoordinate = async (tx: Query, queue: string, fence: number | undefined) => {
    const [found] = await tx.rows<{ board_fence: string }>(
      'SELECT board_fence FROM cairn_fleet.queue WHERE name = $1 FOR SHARE',
      [queue],
    )
    if (fence !== undefined && Number(found?.board_fence ?? 0) > fence) throw queueLost(queue)
  }

  const ownJob = async (tx: Query, claim: Claim): Promise<JobRow | null> => {
    const [job] = await tx.rows<JobRow>(
      `SELECT ${JOB} FROM cairn_fleet.job WHERE queue = $1 AND id = $2 FOR UPDATE`,
      [claim.queue, claim.job],
    )
    return job !== undefined && Number(job.fence) === claim.fence ? job : null
  }
  const owned = <T>(claim: Claim, work: (tx: Query, job: JobRow) => Promise<T>): Promise<T> =>
    transaction(async (tx) => {
      await lockQueue(tx, claim.queue)
      const job = await ownJob(tx, claim)
      if (job?.state !== 'running') throw leaseLost(claim)
      return work(tx, job)
    })

  const isAtLimit = async (tx: Query, keys: readonly string[]): Promise<boolean> => {
    if (keys.length === 0) return false
    const full = await tx.rows(
      `SELECT 1 FROM cairn_fleet.limits l WHERE l.key = ANY($1) AND l.most <= (
         SELECT count(*) FROM cairn_fleet.job j JOIN cairn_fleet.queue other ON other.name = j.queue
         WHERE j.state = 'running' AND l.key = ANY(other.keys))`,
      [keys],
    )
    return full.length > 0
  }

  const claimNext = (worker: string, leaseMs: number, queue: string | null): Promise<Claim | null> =>
    transaction(async (tx) => {
      const open = await tx.rows<{ name: string; limited: string[] }>(
        `SELECT name, ARRAY(SELECT l.key FROM cairn_fleet.limits l WHERE l.key = ANY(q.keys)) AS limited
         FROM cairn_fleet.queue q WHERE NOT cancelled AND ($1::text IS NULL OR name = $1) AND EXISTS (
           SELECT 1 FROM cairn_fleet.job j WHERE j.queue = q.name AND j.state = 'ready' AND j.not_before <= clock_timestamp())
         ORDER BY priority DESC, number`,
        [queue],
      )
      // Only claims that count have to wait for each other, and before they hold a queue.
      if (open.some(({ limited }) => limited.length > 0))
        await tx.run(`SELECT pg_advisory_xact_lock(${LOCK}, 0)`, [])
      for (const { name, limited } of open) {
        if (await isAtLimit(tx, limited)) continue
        // A fetch that looks while another claim ends keeps that one's row locked, and whoever hands it in holds the queue.
        await lockQueue(tx, name)
        for (;;) {
          const [fetched] = await boss.fetch(bossQueue(name), { batchSize: 1, ...inside(tx) })
          if (fetched === undefined) break
          const [job] = await tx.rows<Pick<JobRow, 'id' | 'payload' | 'fence' | 'attempt'>>(
            `WITH claimed AS (
               UPDATE cairn_fleet.job SET state = 'running', attempt = attempt + 1, fence = nextval('cairn_fleet.fence'), worker = $3,
                 lease_until = clock_timestamp() + $4 * interval '1 millisecond'
               WHERE boss = $2 AND state = 'ready' RETURNING id, payload, fence, attempt),
             told AS (INSERT INTO cairn_fleet.outbox(queue, job, kind, worker, attempt, body)
               SELECT $1, id, 'claimed', $3, attempt, '' FROM claimed)
             SELECT * FROM claimed`,
            [name, fetched.id, worker, leaseMs],
          )
          if (job === undefined) {
            await boss.complete(bossQueue(name), fetched.id, null, inside(tx))
            continue
          }
          const { id, payload, attempt } = job
          return { queue: name, job: id, payload, fence: Number(job.fence), attempt, worker, leaseMs }
        }
      }
      return null
    })

  return {
    reach: 'network',
    async openQueue({ name, keys, priority = 0 }) {
      await boss.createQueue(bossQueue(name))
      await query.run(
        `INSERT INTO cairn_fleet.queue(name, keys, priority) VALUES($1, $2, $3)
         ON CONFLICT(name) DO UPDATE SET keys = excluded.keys, priority = excluded.priority, cancelled = false`,
        [name, keys, priority],
      )
    },
    async publish(queue, board, fence) {
      const changed = await query.run(
        'UPDATE cairn_fleet.queue SET board = $2, board_fence = $3 WHERE name = $1 AND board_fence <= $3',
        [queue, board, fence],
      )
      if (changed === 0) throw queueLost(queue)
    },
    async board(queue) {
      const [found] = await query.rows<{ board: string | null }>(
        'SELECT board FROM cairn_fleet.queue WHERE name = $1',
        [queue],
      )
      return found?.board ?? null
    },
    async enqueue(queue, jobs, fence) {
      await transaction(async (tx) => {
        await mustCoordinate(tx, queue, fence)
        const sent = jobs.map((job) => ({ ...job, boss: randomUUID() }))
        const added = await tx.rows<{ boss: string }>(
          `INSERT INTO cairn_fleet.job(queue, id, boss, priority, payload)
           SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::int[], $5::text[]) ON CONFLICT DO NOTHING RETURNING boss`,
          [
            queue,
            sent.map((job) => job.id),
            sent.map((job) => job.boss),
            sent.map((job) => job.priority),
            sent.map((job) => job.payload),
          ],
        )
        const fresh = new Set(added.map((row) => row.boss))
        const inserts = sent
          .filter((job) => fresh.has(job.boss))
          .map(({ boss: id, priority, id: job }) => ({ id, priority, data: { job } }))
        if (inserts.length > 0) await boss.insert(bossQueue(queue), inserts, inside(tx))
      })
    },
    async claim(worker, { leaseMs, queue = null }) {
      if (performance.now() - looked > LOOK_MS) await takeBackLost()
      const claim = await claimNext(worker, leaseMs, queue)
      if (claim !== null || (await takeBackLost()) === 0) return claim
      return claimNext(worker, leaseMs, queue)
    },
    async heartbeat(claim, leaseMs) {
      const [held] = await query.rows<{ cancelled: boolean }>(
        `UPDATE cairn_fleet.job j SET lease_until = clock_timestamp() + $4 * interval '1 millisecond' FROM cairn_fleet.queue q
         WHERE j.queue = $1 AND j.id = $2 AND j.fence = $3 AND j.state = 'running' AND q.name = j.queue RETURNING q.cancelled`,
        [claim.queue, claim.job, claim.fence, leaseMs],
      )
      return held === undefined ? 'lost' : held.cancelled ? 'cancelled' : 'held'
    },
    finish(claim, output) {
      return transaction(async (tx) => {
        const [ended] = await tx.rows<Pick<JobRow, 'boss'>>(
          `WITH ${HELD}, ended AS (
             UPDATE cairn_fleet.job SET state = 'done', lease_until = NULL FROM held
             WHERE queue = $1 AND id = $2 AND fence = $3 AND state = 'running' RETURNING boss),
           told AS (INSERT INTO cairn_fleet.outbox(queue, job, kind, worker, attempt, body)
             SELECT $1, $2, 'done', $4, $5, $6 FROM ended)
           SELECT boss FROM ended`,
          [claim.queue, claim.job, claim.fence, claim.worker, claim.attempt, output],
        )
        if (ended !== undefined) {
          await boss.complete(bossQueue(claim.queue), ended.boss, null, inside(tx))
          return
        }
        // The answer to the first try was lost on its way.
        if ((await ownJob(tx, claim))?.state !== 'done') throw leaseLost(claim)
      })
    },
    fail: (claim, reason) => owned(claim, (tx, job) => giveUp(tx, job, reason, 'failures')),
    release: (claim) =>
      owned(claim, (tx, job) => requeue(tx, job, { ...job, waitMs: 0, attempt: job.attempt - 1 })),
    saveSegment: (claim, segment) => transaction((tx) => saveSegment(tx, claim, segment)),
    segments: (claim) => transaction((tx) => readSegments(tx, claim)),
    forgetSegments: (queue) => transaction((tx) => forgetEnded(tx, queue)),
    async shareCommits(queue, { from, to, pack }, fence) {
      await transaction(async (tx) => {
        await mustCoordinate(tx, queue, fence)
        await tx.run('INSERT INTO cairn_fleet.pack VALUES($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
          queue,
          to,
          from,
          Buffer.from(pack),
        ])
      })
    },
    async commits(queue, commit) {
      const [found] = await query.rows<{ origin: string; data: Uint8Array }>(
        'SELECT origin, data FROM cairn_fleet.pack WHERE queue = $1 AND target = $2',
        [queue, commit],
      )
      return found === undefined ? null : { from: found.origin, to: commit, pack: found.data }
    },
    async forgetCommits(queue) {
      await query.run('DELETE FROM cairn_fleet.pack WHERE queue = $1', [queue])
    },
    async cancel(queue, fence) {
      await transaction(async (tx) => {
        await lockQueue(tx, queue)
        await mustCoordinate(tx, queue, fence)
        await tx.run('UPDATE cairn_fleet.queue SET cancelled = true WHERE name = $1', [queue])
        const gone = await tx.rows<Pick<JobRow, 'id' | 'boss' | 'attempt'>>(
          "DELETE FROM cairn_fleet.job WHERE queue = $1 AND state = 'ready' RETURNING id, boss, attempt",
          [queue],
        )
        if (gone.length === 0) return
        await boss.cancel(
          bossQueue(queue),
          gone.map((job) => job.boss),
          inside(tx),
        )
        await forgetSegments(
          tx,
          queue,
          gone.map((job) => job.id),
        )
        for (const job of gone)
          await tell(tx, queue, job.id, 'cancelled', '', job.attempt, 'the queue was cancelled')
      })
    },
    async outbox(queue, after, limit) {
      const found = await query.rows<Omit<FleetEvent, 'seq' | 'time'> & { seq: string; time: Date }>(
        'SELECT seq, job, kind, worker, attempt, body, time FROM cairn_fleet.outbox WHERE queue = $1 AND seq > $2 ORDER BY seq LIMIT $3',
        [queue, after, limit],
      )
      return found.map((row) => ({ ...row, seq: Number(row.seq), time: row.time.getTime() }))
    },
    async limit(key, most) {
      if (most === null) await query.run('DELETE FROM cairn_fleet.limits WHERE key = $1', [key])
      else
        await query.run(
          'INSERT INTO cairn_fleet.limits VALUES($1, $2) ON CONFLICT(key) DO UPDATE SET most = excluded.most',
          [key, most],
        )
    },
    async register({ id, host, pid }) {
      await query.run(
        `INSERT INTO cairn_fleet.worker(id, host, pid) VALUES($1, $2, $3)
         ON CONFLICT(id) DO UPDATE SET seen = clock_timestamp(), draining = false`,
        [id, host, pid],
      )
    },
    async unregister(worker) {
      await query.run('DELETE FROM cairn_fleet.worker WHERE id = $1', [worker])
    },
    async seen(worker) {
      const [row] = await query.rows<{ draining: boolean }>(
        'UPDATE cairn_fleet.worker SET seen = clock_timestamp() WHERE id = $1 RETURNING draining',
        [worker],
      )
      return row?.draining ?? false
    },
    drain: (worker) =>
      query.run(
        'UPDATE cairn_fleet.worker SET draining = true WHERE NOT draining AND ($1::text IS NULL OR id = $1)',
        [worker],
      ),
    async status() {
      await takeBackLost()
      await query.run(`DELETE FROM cairn_fleet.worker WHERE seen < clock_timestamp() - ${FORGET}`)
      const queues = await query.rows<Awaited<ReturnType<Fleet['status']>>['queues'][number]>(
        `SELECT q.name, q.cancelled,
           count(*) FILTER (WHERE j.state = 'ready' AND j.not_before <= clock_timestamp())::int AS ready,
           count(*) FILTER (WHERE j.state = 'ready' AND j.not_before > clock_timestamp())::int AS waiting,
           count(*) FILTER (WHERE j.state = 'running')::int AS running, count(*) FILTER (WHERE j.state = 'done')::int AS done,
           count(*) FILTER (WHERE j.state = 'dead')::int AS dead
         FROM cairn_fleet.queue q LEFT JOIN cairn_fleet.job j ON j.queue = q.name GROUP BY q.name, q.cancelled, q.number ORDER BY q.number`,
      )
      const workers = await query.rows<{
        id: string
        host: string
        pid: number
        seen: Date
        draining: boolean
        job: string | null
      }>(
        `SELECT w.*, (SELECT j.queue || '/' || j.id FROM cairn_fleet.job j WHERE j.state = 'running' AND j.worker = w.id LIMIT 1) AS job
         FROM cairn_fleet.worker w ORDER BY id`,
      )
      return { queues, workers: workers.map((worker) => ({ ...worker, seen: worker.seen.getTime() })) }
    },
    async close() {
      await boss.stop({ graceful: false }).catch(() => undefined)
      await connection.close()
    },
  }
}
