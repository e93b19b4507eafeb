import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Claim, Fleet, NewJob, RetryRules } from './fleet.ts'
import { SEGMENT_LIMIT, type SessionSegment } from './segment.ts'

/** Opens fleets on one place, as processes of their own would. */
export interface FleetPlace {
  open(retry?: RetryRules): Promise<Fleet>
}

const LONG = 60_000
const job = (id: string, priority = 0): NewJob => ({
  id,
  priority,
  payload: JSON.stringify({ id, odd: 'ä\0' }),
})
const lost = expect.objectContaining({ code: 'lease-lost' })

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const segment = (first: number, last = first, more: Partial<SessionSegment> = {}): SessionSegment => ({
  session: 's',
  first,
  last,
  events: bytes(`line ${first}\0\n`),
  root: `root ${last}`,
  signer: { vkey: 'key', note: `signed ${last}` },
  blobs: [],
  tree: null,
  ...more,
})
const tree = (text: string) => ({ base: 'c', tree: `tree ${text}`, patch: bytes(text) })
const textsOf = (parts: readonly Uint8Array[] | undefined) =>
  parts?.map((part) => Buffer.from(part).toString('utf8'))

/** The tests that every implementation of `Fleet` passes. `withPlace` gives a place where nothing is stored yet. */
export function fleetContract(
  name: string,
  withPlace: (work: (place: FleetPlace) => Promise<void>) => Promise<void>,
): void {
  const started = (work: (fleet: Fleet, place: FleetPlace) => Promise<void>, retry?: RetryRules) => () =>
    withPlace(async (place) => {
      const fleet = await place.open(retry)
      await fleet.openQueue({ name: 'q', keys: ['repo:a'] })
      try {
        await work(fleet, place)
      } finally {
        await fleet.close()
      }
    })
  const mustClaim = async (
    fleet: Fleet,
    worker = 'w',
    leaseMs = LONG,
    queue: string | null = null,
  ): Promise<Claim> => {
    const claim = await fleet.claim(worker, { leaseMs, queue })
    if (claim === null) throw new Error('there is nothing to claim')
    return claim
  }
  const kinds = async (fleet: Fleet) =>
    (await fleet.outbox('q', 0, 100)).map((event) => `${event.kind} ${event.job}`)

  describe(`${name} keeps the contract of Fleet`, () => {
    test(
      'jobs come by priority, then in order, once each',
      started(async (fleet) => {
        await fleet.enqueue('q', [job('a'), job('b', 5), job('c')])
        await fleet.enqueue('q', [job('a'), job('b'), job('c')])
        const claims = [await mustClaim(fleet), await mustClaim(fleet), await mustClaim(fleet)]
        expect(claims.map((claim) => claim.job)).toEqual(['b', 'a', 'c'])
        expect(claims[0]?.payload).toBe(job('b').payload)
        expect(await fleet.claim('w', { leaseMs: LONG })).toBeNull()
        const fences = claims.map((claim) => claim.fence)
        expect([...fences].sort((a, b) => a - b)).toEqual(fences)
      }),
    )

    test(
      'what is handed in is in the outbox, in the order it came',
      started(async (fleet) => {
        await fleet.enqueue('q', [job('a'), job('b')])
        const [a, b] = [await mustClaim(fleet), await mustClaim(fleet)]
        await fleet.finish(b, '"two"')
        await fleet.finish(a, '"one \\u0000"')
        const events = await fleet.outbox('q', 0, 100)
        expect(events.map(({ kind, job: id, body }) => [kind, id, body])).toEqual([
          ['claimed', 'a', ''],
          ['claimed', 'b', ''],
          ['done', 'b', '"two"'],
          ['done', 'a', '"one \\u0000"'],
        ])
        expect(await fleet.outbox('q', events[2]?.seq ?? 0, 100)).toEqual(events.slice(3))
        expect(await fleet.outbox('q', 0, 1)).toEqual(events.slice(0, 1))
      }),
    )

    test(
      'a worker whose lease ran out changes nothing any more',
      started(async (fleet, place) => {
        const other = await place.open()
        await fleet.enqueue('q', [job('a')])
        const old = await mustClaim(fleet, 'paused', 30)
        await sleep(60)
        const next = await mustClaim(other, 'next')
        expect(next.fence).toBeGreaterThan(old.fence)
        expect(await fleet.heartbeat(old, LONG)).toBe('lost')
        await expect(fleet.finish(old, '"late"')).rejects.toThrow(lost)
        await expect(fleet.fail(old, 'late')).rejects.toThrow(lost)
        await expect(fleet.release(old)).rejects.toThrow(lost)
        await other.finish(next, '"right"')
        await expect(fleet.finish(old, '"late"')).rejects.toThrow(lost)
        expect(
          (await fleet.outbox('q', 0, 100))
            .filter((event) => event.kind === 'done')
            .map((event) => event.body),
        ).toEqual(['"right"'])
        await other.close()
      }),
    )

    test(
      'a heartbeat keeps the lease',
      started(async (fleet) => {
        await fleet.enqueue('q', [job('a')])
        const claim = await mustClaim(fleet, 'w', 50)
        expect(await fleet.heartbeat(claim, LONG)).toBe('held')
        await sleep(80)
        expect(await fleet.claim('other', { leaseMs: LONG })).toBeNull()
        await fleet.finish(claim, '1')
      }),
    )

    test(
      'a job of a process that is gone is taken back at once',
      started(async (fleet) => {
        await fleet.enqueue('q', [job('a')])
        // The highest number a process can have, and none has here.
        await fleet.register({ id: 'dead', host: (await import('node:os')).hostname(), pid: 4_194_304 })
        await mustClaim(fleet, 'dead')
        expect((await mustClaim(fleet, 'next')).attempt).toBe(2)
      }),
    )

    test(
      'failures are tried again after a wait, then given up',
      started(
        async (fleet) => {
          await fleet.enqueue('q', [job('a')])
          await fleet.fail(await mustClaim(fleet), 'first')
          expect(await fleet.claim('w', { leaseMs: LONG })).toBeNull()
          expect((await fleet.status()).queues[0]).toMatchObject({ ready: 0, waiting: 1 })
          await sleep(250)
          const again = await mustClaim(fleet)
          expect(again.attempt).toBe(2)
          await fleet.fail(again, 'second')
          await sleep(250)
          expect(await fleet.claim('w', { leaseMs: LONG })).toBeNull()
          expect(await kinds(fleet)).toEqual(['claimed a', 'retried a', 'claimed a', 'dead a'])
          expect((await fleet.status()).queues[0]).toMatchObject({ dead: 1, waiting: 0 })
        },
        { failures: 2, losses: 2, backoffMs: 200 },
      ),
    )

    test(
      'a job whose workers always vanish is given up too',
      started(
        async (fleet) => {
          await fleet.enqueue('q', [job('a')])
          for (let time = 0; time < 2; time++) {
            await mustClaim(fleet, 'w', 1)
            await sleep(10)
          }
          expect(await fleet.claim('w', { leaseMs: LONG })).toBeNull()
          expect((await kinds(fleet)).at(-1)).toBe('dead a')
        },
        { failures: 2, losses: 2, backoffMs: 1 },
      ),
    )

    test(
      'what is released counts as never claimed',
      started(async (fleet) => {
        await fleet.enqueue('q', [job('a')])
        const claim = await mustClaim(fleet)
        await fleet.release(claim)
        await expect(fleet.finish(claim, '1')).rejects.toThrow(lost)
        expect(await mustClaim(fleet)).toMatchObject({ job: 'a', attempt: 1 })
      }),
    )

    test(
      'limits count over all queues that share a key',
      started(async (fleet) => {
        await fleet.openQueue({ name: 'p', keys: ['repo:b', 'provider:x'] })
        await fleet.openQueue({ name: 'r', keys: ['repo:c', 'provider:x'] })
        await fleet.limit('provider:x', 2)
        await fleet.limit('repo:b', 1)
        await fleet.enqueue('p', [job('1'), job('2')])
        await fleet.enqueue('r', [job('3'), job('4')])
        const claims = [await mustClaim(fleet), await mustClaim(fleet)]
        expect(claims.map((claim) => claim.job)).toEqual(['1', '3'])
        expect(await fleet.claim('w', { leaseMs: LONG })).toBeNull()
        if (claims[0] !== undefined) await fleet.finish(claims[0], '1')
        expect((await mustClaim(fleet)).job).toBe('2')
        expect(await fleet.claim('w', { leaseMs: LONG })).toBeNull()
        await fleet.limit('provider:x', null)
        expect((await mustClaim(fleet)).job).toBe('4')
      }),
    )

    test(
      'queues with a higher priority are served first, and a worker may serve one alone',
      started(async (fleet) => {
        await fleet.openQueue({ name: 'urgent', keys: [], priority: 9 })
        await fleet.enqueue('q', [job('a'), job('b')])
        await fleet.enqueue('urgent', [job('c')])
        expect((await mustClaim(fleet, 'w', LONG, 'q')).job).toBe('a')
        expect((await mustClaim(fleet)).job).toBe('c')
        expect((await mustClaim(fleet)).job).toBe('b')
      }),
    )

    test(
      'cancelling takes waiting jobs away and tells workers; opening again goes on',
      started(async (fleet) => {
        await fleet.enqueue('q', [job('a'), job('b')])
        const claim = await mustClaim(fleet)
        await fleet.cancel('q')
        expect(await fleet.heartbeat(claim, LONG)).toBe('cancelled')
        expect(await fleet.claim('w', { leaseMs: LONG })).toBeNull()
        expect((await kinds(fleet)).at(-1)).toBe('cancelled b')
        await fleet.openQueue({ name: 'q', keys: [] })
        await fleet.enqueue('q', [job('a'), job('b')])
        expect((await mustClaim(fleet)).job).toBe('b')
      }),
    )

    test(
      'what a session gained is kept for whoever claims its job next',
      started(async (fleet, place) => {
        const other = await place.open()
        await fleet.enqueue('q', [job('a')])
        const claim = await mustClaim(fleet, 'first', 30)
        expect(await fleet.segments(claim)).toBeNull()
        const blob = { sha256: 'ab', bytes: Uint8Array.of(0, 255, 10) }
        const one = segment(1, 3, { blobs: [blob], tree: tree('p') })
        expect(await fleet.saveSegment({ ...claim, leaseMs: LONG }, one)).toBe('saved')
        // The answer to the first try was lost on its way.
        expect(await fleet.saveSegment(claim, one)).toBe('saved')
        expect(await fleet.saveSegment(claim, segment(4, 4, { blobs: [blob] }))).toBe('saved')
        await sleep(60)
        const next = await mustClaim(other, 'next')
        expect(next.job).toBe('a')
        const saved = await other.segments(next)
        expect(saved).toMatchObject({ session: 's', last: 4, root: 'root 4', worker: 'first' })
        expect(saved?.signer).toEqual({ vkey: 'key', note: 'signed 4' })
        expect(textsOf(saved?.events)).toEqual(['line 1\0\n', 'line 4\0\n'])
        expect(saved?.blobs.map(({ sha256, bytes: data }) => [sha256, [...data]])).toEqual([
          ['ab', [0, 255, 10]],
        ])
        expect(saved?.tree).toMatchObject({ base: 'c', tree: 'tree p' })
        expect(textsOf(saved?.tree === null ? [] : [saved?.tree.patch ?? bytes('')])).toEqual(['p'])

        await expect(fleet.saveSegment(claim, segment(5))).rejects.toThrow(lost)
        expect(await other.saveSegment(next, segment(5, 6, { tree: tree('') }))).toBe('saved')
        await expect(fleet.saveSegment(claim, segment(7))).rejects.toThrow(lost)
        await expect(fleet.saveSegment(claim, segment(1, 1, { session: 'mine' }))).rejects.toThrow(lost)
        const now = await other.segments(next)
        expect(now).toMatchObject({ last: 6, worker: 'next', tree: { tree: 'tree ' } })
        expect(now?.tree?.patch).toHaveLength(0)
        expect(now?.events).toHaveLength(3)
        await fleet.enqueue('q', [job('b')])
        expect(await other.segments(await mustClaim(other))).toBeNull()
        await other.close()
      }),
    )

    test(
      'a segment prolongs the lease, and leaves no gap',
      started(async (fleet) => {
        await fleet.enqueue('q', [job('a')])
        const claim = { ...(await mustClaim(fleet, 'w', 50)), leaseMs: LONG }
        const gap = expect.objectContaining({ code: 'fleet' })
        await expect(fleet.saveSegment(claim, segment(2))).rejects.toThrow(gap)
        await fleet.saveSegment(claim, segment(1, 2))
        await sleep(80)
        expect(await fleet.claim('other', { leaseMs: LONG })).toBeNull()
        for (const wrong of [
          segment(4),
          segment(1),
          segment(3, 2, { root: 'other' }),
          segment(3, 4, { session: 't' }),
        ])
          await expect(fleet.saveSegment(claim, wrong)).rejects.toThrow(gap)
        expect(textsOf((await fleet.segments(claim))?.events)).toEqual(['line 1\0\n'])
      }),
    )

    test(
      'a session that begins anew takes the place of the one before',
      started(async (fleet) => {
        await fleet.enqueue('q', [job('a')])
        const claim = await mustClaim(fleet)
        const blobs = [{ sha256: 'ab', bytes: bytes('x') }]
        await fleet.saveSegment(claim, segment(1, 3, { blobs, tree: tree('p') }))
        await fleet.saveSegment(claim, segment(4, 5))
        await fleet.saveSegment(claim, segment(1, 2, { session: 't' }))
        expect(await fleet.segments(claim)).toMatchObject({ session: 't', last: 2, blobs: [], tree: null })
        expect((await fleet.segments(claim))?.events).toHaveLength(1)
      }),
    )

    test(
      'a segment that is too large adds nothing, large ones arrive whole',
      started(async (fleet) => {
        await fleet.enqueue('q', [job('a')])
        const claim = await mustClaim(fleet)
        const large = new Uint8Array(9 * 2 ** 20).map((_, index) => index % 251)
        await fleet.saveSegment(claim, segment(1, 1, { blobs: [{ sha256: 'ab', bytes: large }] }))
        const over = [{ sha256: 'cd', bytes: new Uint8Array(SEGMENT_LIMIT) }]
        expect(await fleet.saveSegment(claim, segment(2, 2, { blobs: over }))).toBe('too-large')
        const saved = await fleet.segments(claim)
        expect(saved?.last).toBe(1)
        expect(Buffer.from(saved?.blobs[0]?.bytes ?? []).equals(Buffer.from(large))).toBe(true)
        expect(await fleet.heartbeat(claim, LONG)).toBe('held')
      }),
    )

    test(
      'sessions of jobs that ended are forgotten, of released ones kept',
      started(
        async (fleet) => {
          await fleet.enqueue('q', [job('a'), job('b'), job('c')])
          const [a, b, c] = [await mustClaim(fleet), await mustClaim(fleet), await mustClaim(fleet)]
          for (const claim of [a, b, c]) await fleet.saveSegment(claim, segment(1))
          await fleet.finish(a, '1')
          await expect(fleet.saveSegment(a, segment(2))).rejects.toThrow(lost)
          await fleet.fail(b, 'dead at once')
          await fleet.release(c)
          expect(await fleet.segments(a)).not.toBeNull()
          expect(await fleet.segments(b)).toBeNull()
          await fleet.forgetSegments('q')
          expect(await fleet.segments(a)).toBeNull()
          expect(await fleet.segments(await mustClaim(fleet))).toMatchObject({ session: 's', last: 1 })
        },
        { failures: 1, losses: 1, backoffMs: 1 },
      ),
    )

    test(
      'a session that fails without a step forward is begun anew',
      started(
        async (fleet) => {
          await fleet.enqueue('q', [job('a')])
          const first = await mustClaim(fleet)
          await fleet.saveSegment(first, segment(1))
          await fleet.fail(first, 'the model was away')
          await sleep(10)
          const second = await mustClaim(fleet)
          expect(await fleet.segments(second)).toMatchObject({ last: 1 })
          await fleet.fail(second, 'the same again')
          await sleep(10)
          expect(await fleet.segments(await mustClaim(fleet))).toBeNull()
        },
        { failures: 5, losses: 5, backoffMs: 1 },
      ),
    )

    test(
      'cancelling takes the sessions of waiting jobs away, and leaves those under way',
      started(async (fleet) => {
        await fleet.enqueue('q', [job('a'), job('b')])
        const [a, b] = [await mustClaim(fleet), await mustClaim(fleet)]
        for (const claim of [a, b]) await fleet.saveSegment(claim, segment(1))
        await fleet.release(a)
        await fleet.cancel('q')
        expect([await fleet.segments(a), (await fleet.segments(b))?.last]).toEqual([null, 1])
        expect(await fleet.saveSegment(b, segment(2))).toBe('saved')
        await fleet.release(b)
        await fleet.openQueue({ name: 'q', keys: [] })
        expect(await fleet.segments(await mustClaim(fleet))).toMatchObject({ last: 2 })
      }),
    )

    test(
      'commits are shared by the newest coordinator, for all workers',
      started(async (fleet, place) => {
        const other = await place.open()
        await fleet.publish('q', 'two', 2)
        const pack = { from: 'a', to: 'b', pack: Uint8Array.of(0, 255) }
        await fleet.shareCommits('q', pack, 2)
        await fleet.shareCommits('q', { ...pack, from: 'c' }, 2)
        await expect(fleet.shareCommits('q', { ...pack, to: 'd' }, 1)).rejects.toThrow(lost)
        const found = await other.commits('q', 'b')
        expect({ ...found, pack: [...(found?.pack ?? [])] }).toEqual({ from: 'a', to: 'b', pack: [0, 255] })
        expect([await other.commits('q', 'd'), await other.commits('p', 'b')]).toEqual([null, null])
        await fleet.forgetCommits('q')
        expect(await other.commits('q', 'b')).toBeNull()
        await other.close()
      }),
    )

    test(
      'a board is written by the newest coordinator alone',
      started(async (fleet) => {
        expect(await fleet.board('q')).toBeNull()
        await fleet.publish('q', 'one', 1)
        await fleet.publish('q', 'three', 3)
        await expect(fleet.publish('q', 'two', 2)).rejects.toThrow(lost)
        expect(await fleet.board('q')).toBe('three')
        await fleet.publish('q', 'more', 3)
        expect(await fleet.board('q')).toBe('more')
        await fleet.enqueue('q', [job('a')], 3)
        await expect(fleet.enqueue('q', [job('b')], 2)).rejects.toThrow(lost)
        await expect(fleet.cancel('q', 2)).rejects.toThrow(lost)
        expect((await fleet.status()).queues).toMatchObject([{ ready: 1, cancelled: false }])
        await fleet.cancel('q', 3)
        expect((await fleet.status()).queues).toMatchObject([{ ready: 0, cancelled: true }])
      }),
    )

    test(
      'workers are listed with what they do, and are asked to leave',
      started(async (fleet) => {
        await fleet.register({ id: 'one', host: 'h', pid: 1 })
        await fleet.register({ id: 'two', host: 'h', pid: 2 })
        await fleet.enqueue('q', [job('a')])
        await mustClaim(fleet, 'one')
        expect((await fleet.status()).workers).toMatchObject([
          { id: 'one', job: 'q/a', draining: false },
          { id: 'two', job: null },
        ])
        expect(await fleet.drain('two')).toBe(1)
        expect([await fleet.seen('one'), await fleet.seen('two')]).toEqual([false, true])
        expect(await fleet.drain(null)).toBe(1)
        await fleet.unregister('two')
        expect((await fleet.status()).workers.map((worker) => worker.id)).toEqual(['one'])
      }),
    )

    test(
      'many workers at once take each job once',
      started(async (fleet, place) => {
        const ids = Array.from({ length: 40 }, (_, index) => `j${index}`)
        await fleet.enqueue(
          'q',
          ids.map((id) => job(id)),
        )
        const seen: string[] = []
        await Promise.all(
          Array.from({ length: 4 }, async (_, index) => {
            const own = await place.open()
            for (let claim = await own.claim(`w${index}`, { leaseMs: LONG }); claim !== null;) {
              seen.push(claim.job)
              await own.finish(claim, '1')
              claim = await own.claim(`w${index}`, { leaseMs: LONG })
            }
            await own.close()
          }),
        )
        expect([...seen].sort()).toEqual([...ids].sort())
        const done = (await fleet.outbox('q', 0, 1_000)).filter((event) => event.kind === 'done')
        expect(done).toHaveLength(40)
      }),
    )
  })
}
