import type { Claim } from './fleet.ts'
import { leaseLost, segmentGap } from './lease-lost.ts'
import type { Query } from './postgres-connection.ts'
import { placeSegment, type SavedSession, type SessionHead, type SessionSegment } from './segment.ts'

interface HeadRow {
  session: string
  last: string
  root: string
  bytes: string
  patch: number | null
}

interface SavedRow {
  session: string
  last: string
  root: string
  vkey: string
  note: string | null
  worker: string
  base: string | null
  tree: string | null
  patch: Uint8Array | null
}

/** Adds a segment in the transaction of the caller. Throws `lease-lost`, and `fleet` where it does not follow what is there. */
export async function saveSegment(
  tx: Query,
  claim: Claim,
  segment: SessionSegment,
): Promise<'saved' | 'too-large'> {
  const { queue, job, fence, worker, leaseMs } = claim
  const { session, first, last, root, signer, tree } = segment
  const held = await tx.rows(
    "SELECT 1 FROM cairn_fleet.job WHERE queue = $1 AND id = $2 AND fence = $3 AND state = 'running'",
    [queue, job, fence],
  )
  if (held.length === 0) throw leaseLost(claim)
  const place = placeSegment(await readHead(tx, claim), segment)
  if (place.kind === 'gap') throw segmentGap(claim, segment)
  if (place.kind === 'begin' || place.kind === 'append') {
    // Rows of another fence are never in the way of these, so that nothing waits while bytes travel.
    await tx.run(
      'INSERT INTO cairn_fleet.segment(queue, job, fence, session, first, last, events) VALUES($1, $2, $3, $4, $5, $6, $7)',
      [queue, job, fence, session, first, last, Buffer.from(segment.events)],
    )
    for (const { sha256, bytes } of segment.blobs)
      await tx.run(
        'INSERT INTO cairn_fleet.segment_blob(queue, job, fence, session, sha256, data) VALUES($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING',
        [queue, job, fence, session, sha256, Buffer.from(bytes)],
      )
  }
  // The fence comes last: from here to the commit nothing large is sent, and without it all of this is undone.
  const owned = await tx.run(
    `UPDATE cairn_fleet.job SET lease_until = clock_timestamp() + $4 * interval '1 millisecond'
     WHERE queue = $1 AND id = $2 AND fence = $3 AND state = 'running'`,
    [queue, job, fence, leaseMs],
  )
  if (owned === 0) throw leaseLost(claim)
  if (place.kind === 'too-large') return 'too-large'
  if (place.kind === 'known') return 'saved'
  if (place.kind === 'begin')
    for (const table of ['segment', 'segment_blob'])
      await tx.run(`DELETE FROM cairn_fleet.${table} WHERE queue = $1 AND job = $2 AND session <> $3`, [
        queue,
        job,
        session,
      ])
  await tx.run(
    `INSERT INTO cairn_fleet.session(queue, job, session, last, root, vkey, note, worker, bytes, base, tree, patch)
     VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT(queue, job) DO UPDATE SET session = excluded.session, last = excluded.last, root = excluded.root,
       vkey = excluded.vkey, note = excluded.note, worker = excluded.worker, bytes = excluded.bytes,
       base = CASE WHEN $13 THEN excluded.base ELSE coalesce(excluded.base, cairn_fleet.session.base) END,
       tree = CASE WHEN $13 THEN excluded.tree ELSE coalesce(excluded.tree, cairn_fleet.session.tree) END,
       patch = CASE WHEN $13 THEN excluded.patch ELSE coalesce(excluded.patch, cairn_fleet.session.patch) END`,
    [
      queue,
      job,
      session,
      last,
      root,
      signer.vkey,
      signer.note,
      worker,
      place.bytes,
      tree?.base ?? null,
      tree?.tree ?? null,
      tree === null ? null : Buffer.from(tree.patch),
      place.kind === 'begin',
    ],
  )
  return 'saved'
}

async function readHead(tx: Query, { queue, job }: Claim): Promise<SessionHead | null> {
  const [row] = await tx.rows<HeadRow>(
    'SELECT session, last, root, bytes, length(patch) AS patch FROM cairn_fleet.session WHERE queue = $1 AND job = $2',
    [queue, job],
  )
  if (row === undefined) return null
  const { session, root } = row
  return { session, last: Number(row.last), root, bytes: Number(row.bytes), patch: row.patch ?? 0 }
}

/** The session of a job; null where it has none. */
export async function readSegments(tx: Query, { queue, job }: Claim): Promise<SavedSession | null> {
  const [head] = await tx.rows<SavedRow>(
    'SELECT session, last, root, vkey, note, worker, base, tree, patch FROM cairn_fleet.session WHERE queue = $1 AND job = $2',
    [queue, job],
  )
  if (head === undefined) return null
  const { session, root, vkey, note, worker, base, tree, patch } = head
  const where = 'WHERE queue = $1 AND job = $2 AND session = $3'
  const events = await tx.rows<{ events: Uint8Array }>(
    `SELECT events FROM cairn_fleet.segment ${where} ORDER BY first`,
    [queue, job, session],
  )
  const blobs = await tx.rows<{ sha256: string; data: Uint8Array }>(
    `SELECT DISTINCT ON (sha256) sha256, data FROM cairn_fleet.segment_blob ${where} ORDER BY sha256`,
    [queue, job, session],
  )
  return {
    session,
    last: Number(head.last),
    root,
    signer: { vkey, note },
    worker,
    tree: base === null || tree === null ? null : { base, tree, patch: patch ?? new Uint8Array(0) },
    events: events.map((row) => row.events),
    blobs: blobs.map((row) => ({ sha256: row.sha256, bytes: row.data })),
  }
}

/** Removes the sessions of some jobs of a queue. */
export async function forgetSegments(tx: Query, queue: string, jobs: readonly string[]): Promise<void> {
  await tx.run(
    `WITH s AS (DELETE FROM cairn_fleet.segment WHERE queue = $1 AND job = ANY($2)),
       b AS (DELETE FROM cairn_fleet.segment_blob WHERE queue = $1 AND job = ANY($2))
     DELETE FROM cairn_fleet.session WHERE queue = $1 AND job = ANY($2)`,
    [queue, jobs],
  )
}

/** Removes the session of a job to which one claim has added nothing. */
export async function forgetStuck(tx: Query, queue: string, job: string, fence: string): Promise<void> {
  const grown = await tx.rows(
    'SELECT 1 FROM cairn_fleet.segment WHERE queue = $1 AND job = $2 AND fence = $3 LIMIT 1',
    [queue, job, fence],
  )
  if (grown.length === 0) await forgetSegments(tx, queue, [job])
}

/** Removes the sessions of jobs that nobody will claim any more. */
export async function forgetEnded(tx: Query, queue: string): Promise<void> {
  const ended = await tx.rows<{ job: string }>(
    `SELECT s.job FROM cairn_fleet.session s LEFT JOIN cairn_fleet.job j ON j.queue = s.queue AND j.id = s.job
     WHERE s.queue = $1 AND (j.id IS NULL OR j.state IN ('done', 'dead'))`,
    [queue],
  )
  if (ended.length > 0)
    await forgetSegments(
      tx,
      queue,
      ended.map((row) => row.job),
    )
}
