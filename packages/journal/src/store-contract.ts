import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { NewEvent } from './event.ts'
import { eventLeaf } from './event-leaf.ts'
import { appendLeaves, emptyFrontier, frontierRoot } from './merkle.ts'
import type { Store } from './store.ts'
import { message, textOf } from './testing/events.ts'

/** Opens stores of one place. */
export interface Place {
  open(options: { sessionId: string; mode: 'writer' | 'reader'; now: () => number; waitMs?: number }): Store
}

/** The tests that every implementation of `Store` passes. `newPlace` gives a place where nothing was stored yet. */
export function storeContract(name: string, newPlace: () => Place): void {
  const now = (): number => 1_700_000_000_000
  const writer = (place: Place): Store => place.open({ sessionId: 's1', mode: 'writer', now })
  const reader = (place: Place): Store => place.open({ sessionId: 's1', mode: 'reader', now })
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  const same = (a: Uint8Array | null, b: Uint8Array): boolean => a !== null && Buffer.compare(a, b) === 0
  async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }

  describe(`${name} keeps the contract of Store`, () => {
    test('events get numbers from 1 without gaps and are read back as they were returned', () => {
      const store = writer(newPlace())
      const first = store.append([message('one'), message('two')])
      const second = store.append([message('three')])
      expect([...first, ...second].map((event) => event.seq)).toEqual([1, 2, 3])
      expect([...store.read()]).toStrictEqual([...first, ...second])
      expect(store.append([])).toEqual([])
      store.close()
    })

    test('what is returned is what is stored, not what was handed in', () => {
      const store = writer(newPlace())
      const body = { text: 'before', attachments: undefined }
      const [event] = store.append([{ time: 1, turn: 0, step: 0, kind: 'user.message', body }])
      body.text = 'after'
      expect(event?.body).toStrictEqual({ text: 'before' })
      expect([...store.read()]).toStrictEqual([event])
      store.close()
    })

    test('any text survives', () => {
      const store = writer(newPlace())
      const texts = ['', '\0', '\u2028\u2029', 'ä€𝄞', '\ud800 lone', '\ufffd', '"\\\n', 'x'.repeat(2_000_000)]
      store.append(texts.map((text) => message(text)))
      expect([...store.read()].map(textOf)).toEqual(texts)
      store.close()
    })

    test('reading gives spans and kinds, and stops where the log ended when it began', () => {
      const store = writer(newPlace())
      const note = (text: string): NewEvent => ({
        time: 1,
        turn: 1,
        step: 1,
        kind: 'harness.message',
        body: { text, reason: 'r' },
      })
      for (let i = 1; i <= 400; i++) store.append([i % 10 === 0 ? note(`${i}`) : message(`${i}`)])
      const seqs = (options?: Parameters<Store['read']>[0]): number[] =>
        [...store.read(options)].map((event) => event.seq)
      expect(seqs()).toEqual(Array.from({ length: 400 }, (_, i) => i + 1))
      expect(seqs({ from: 399 })).toEqual([399, 400])
      expect(seqs({ from: 5, to: 7 })).toEqual([5, 6, 7])
      expect(seqs({ from: 390, kinds: ['harness.message'] })).toEqual([390, 400])
      expect(seqs({ kinds: ['user.message'] })).toHaveLength(360)
      expect(seqs({ from: 401 })).toEqual([])
      expect(seqs({ kinds: [] })).toEqual([])
      let seen = 0
      for (const _event of store.read()) {
        seen++
        store.append([message('while reading')])
      }
      expect(seen).toBe(400)
      store.close()
    })

    test('several readings may be under way at once, and one may be given up', () => {
      const store = writer(newPlace())
      store.append(Array.from({ length: 300 }, (_, i) => message(`${i}`)))
      const one = store.read()
      const two = store.read()
      for (let i = 1; i <= 200; i++) {
        expect(one.next().value?.seq).toBe(i)
        expect(two.next().value?.seq).toBe(i)
      }
      one.return?.()
      expect(two.next().value?.seq).toBe(201)
      store.close()
    })

    test('a batch that cannot be kept leaves nothing behind', () => {
      const store = writer(newPlace())
      store.append([message('kept')])
      const before = store.head()
      const bad = [
        { ...message('x'), time: 1.5 },
        { ...message('x'), turn: -1 },
        { ...message('x'), step: Number.NaN },
      ]
      for (const event of bad) {
        expect(() => store.append([message('good'), event])).toThrow(
          expect.objectContaining({ code: 'bad-event' }),
        )
      }
      expect(store.head()).toEqual(before)
      expect([...store.read()].map(textOf)).toEqual(['kept'])
      store.close()
    })

    test('the head is the Merkle root over the leaf hashes, for writers, readers and after opening again', () => {
      const place = newPlace()
      const store = writer(place)
      let frontier = emptyFrontier
      expect(store.head()).toEqual({ size: 0, root: sha256(Buffer.alloc(0)) })
      for (let i = 0; i < 20; i++) {
        for (const { seq, time, turn, step, kind, body } of store.append([message(`${i}`), message('ä')])) {
          const leaf = eventLeaf({ seq, time, turn, step, kind, body: Buffer.from(JSON.stringify(body)) })
          frontier = appendLeaves(frontier, leaf === null ? [] : [leaf])
        }
        expect(store.head()).toEqual({
          size: frontier.size,
          root: Buffer.from(frontierRoot(frontier)).toString('hex'),
        })
      }
      const head = store.head()
      const other = reader(place)
      expect(other.head()).toEqual(head)
      other.close()
      store.close()
      const again = writer(place)
      expect(again.head()).toEqual(head)
      expect(again.append([message('next')])[0]?.seq).toBe(41)
      again.close()
    })

    test('a reader sees what is committed meanwhile and cannot write', async () => {
      const place = newPlace()
      const store = writer(place)
      const other = reader(place)
      expect([...other.read()]).toEqual([])
      store.append([message('one')])
      expect([...other.read()].map(textOf)).toEqual(['one'])
      const refused = expect.objectContaining({ code: 'read-only' })
      expect(() => other.append([message('x')])).toThrow(refused)
      expect(() => other.putBlob(Buffer.from('x'))).toThrow(refused)
      expect(() => other.eraseBlob('00', 'x')).toThrow(refused)
      await expect(other.putBlobStream(pieces(Buffer.from('x'), 1))).rejects.toThrow(refused)
      other.close()
      store.close()
    })

    test('there is one writer; the next has a lease of its own', () => {
      const place = newPlace()
      const store = writer(place)
      expect(() => writer(place)).toThrow(expect.objectContaining({ code: 'locked' }))
      store.close()
      store.close()
      writer(place).close()
    })

    test('a writer that was not heard of is replaced, and then writes nothing any more', async () => {
      const place = newPlace()
      const old = writer(place)
      old.append([message('old')])
      const later = (): number => now() + 3_600_000
      const next = place.open({ sessionId: 's1', mode: 'writer', now: later })
      const lost = expect.objectContaining({ code: 'lease-lost' })
      expect(() => old.append([message('too late')])).toThrow(lost)
      expect(() => old.putBlob(Buffer.from('too late'))).toThrow(lost)
      await expect(old.putBlobStream(pieces(randomBytes(600_000), 1000))).rejects.toThrow(lost)
      next.append([message('new')])
      expect(() => old.append([message('too late')])).toThrow(lost)
      old.close()
      expect(next.append([message('newer')])[0]?.seq).toBe(3)
      expect([...next.read()].map(textOf)).toEqual(['old', 'new', 'newer'])
      next.close()
    })

    test.each([0, 1, 100, 262_143, 262_144, 262_145, 1_000_000])(
      'a blob of %i bytes comes back, whole and in part',
      async (size) => {
        const store = writer(newPlace())
        for (const bytes of [randomBytes(size), Buffer.alloc(size, 'compressible ')]) {
          const ref = { sha256: sha256(bytes), bytes: size }
          expect(store.putBlob(bytes)).toEqual(ref)
          expect(store.putBlob(bytes)).toEqual(ref)
          expect(await store.putBlobStream(pieces(bytes, 7919))).toEqual(ref)
          expect(same(store.getBlob(ref.sha256), bytes)).toBe(true)
          for (const [start, end] of [
            [0, 10],
            [size - 5, size + 5],
            [262_140, 262_150],
            [10, 5],
            [size + 1, size + 2],
          ] as const) {
            const expected = bytes.subarray(Math.max(0, start), Math.max(0, start, end))
            expect(same(store.getBlobRange(ref.sha256, start, end), expected)).toBe(true)
          }
        }
        store.close()
      },
    )

    test('a streamed blob is the same as one that was put, and a stream that fails leaves nothing', async () => {
      const place = newPlace()
      const store = writer(place)
      const bytes = randomBytes(700_000)
      const ref = await store.putBlobStream(pieces(bytes, 65_536))
      expect(ref).toEqual({ sha256: sha256(bytes), bytes: bytes.length })
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield bytes.subarray(1)
        throw new Error('the source broke')
      }
      await expect(store.putBlobStream(failing())).rejects.toThrow('the source broke')
      expect(store.getBlob(sha256(bytes.subarray(1)))).toBeNull()
      expect(same(store.getBlob(ref.sha256), bytes)).toBe(true)
      store.close()
    })

    test('streams may run side by side and events go between them', async () => {
      const store = writer(newPlace())
      const contents = Array.from({ length: 4 }, () => randomBytes(600_000))
      const refs = contents.map((bytes) => store.putBlobStream(pieces(bytes, 50_000)))
      store.append([message('between')])
      for (const [i, ref] of (await Promise.all(refs)).entries()) {
        expect(same(store.getBlob(ref.sha256), contents[i] ?? bytesOfNone)).toBe(true)
      }
      store.close()
    })

    test('an erased blob is gone, its erasure is in the log, and it can be stored anew', () => {
      const store = writer(newPlace())
      const bytes = Buffer.from('personal')
      const ref = store.putBlob(bytes)
      store.append([message('x')])
      store.eraseBlob(ref.sha256, 'request 7')
      expect(store.getBlob(ref.sha256)).toBeNull()
      expect(store.getBlobRange(ref.sha256, 0, 1)).toBeNull()
      expect([...store.read({ kinds: ['blob.erased'] })].map((event) => event.body)).toEqual([
        { ...ref, reason: 'request 7' },
      ])
      store.eraseBlob(ref.sha256, 'again')
      store.eraseBlob('00'.repeat(32), 'never stored')
      expect(store.head().size).toBe(2)
      expect(store.putBlob(bytes)).toEqual(ref)
      expect(same(store.getBlob(ref.sha256), bytes)).toBe(true)
      store.close()
    })

    test('unknown blobs are null', () => {
      const store = writer(newPlace())
      expect(store.getBlob('00'.repeat(32))).toBeNull()
      expect(store.getBlobRange('00'.repeat(32), 0, 1)).toBeNull()
      store.close()
    })
  })
}

const bytesOfNone = new Uint8Array(0)
