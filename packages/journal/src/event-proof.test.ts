import { assert, integer, property } from 'fast-check'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkpointTrailer, findCheckpoints, proveEvent, verifyEventProof } from './event-proof.ts'
import { loadOrCreateKey, readVkey } from './key-file.ts'
import { openStore } from './open-store.ts'
import { message } from './testing/events.ts'
import { tempDir } from './testing/temp-dir.ts'

function signedStore(events: number) {
  const dir = tempDir()
  const key = loadOrCreateKey(dir)
  const options = { sessionId: 'proofs', mode: 'writer' as const, now: () => 1, key }
  const store = openStore(join(dir, 'a.db'), options)
  for (let n = 1; n <= events; n++) store.append([message(`event ${n} ⛰`)])
  store.sign()
  return { store, vkey: readVkey(dir) ?? '', dir }
}

test('every event is proven with the key alone, and no changed bit of a proof is accepted', () => {
  const { store, vkey } = signedStore(37)
  const proofs = Array.from({ length: 37 }, (_, n) => proveEvent(store, n + 1))
  for (const proof of proofs)
    expect(verifyEventProof(JSON.parse(JSON.stringify(proof)), vkey)).toMatchObject({ ok: true, size: 37 })
  const text = JSON.stringify(proofs[11])
  const bytes = Buffer.from(text)
  assert(
    property(integer({ min: 0, max: bytes.length - 1 }), integer({ min: 0, max: 7 }), (at, bit) => {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ (1 << bit)
      let parsed: unknown
      try {
        parsed = JSON.parse(changed.toString('utf8'))
      } catch {
        return
      }
      // Where a change leaves the proof good, it is one of spelling: what it says is the same.
      if (verifyEventProof(parsed, vkey).ok) expect(parsed).toEqual(JSON.parse(text))
    }),
    { numRuns: 2_000 },
  )
  store.close()
})

test('a proof of another key, another event or another session is refused', () => {
  const one = signedStore(5)
  const two = signedStore(5)
  const proof = proveEvent(one.store, 2)
  expect(verifyEventProof(proof, two.vkey)).toMatchObject({ ok: false })
  expect(verifyEventProof({ ...proof, event: { ...proof.event, seq: 3 } }, one.vkey)).toMatchObject({
    ok: false,
  })
  expect(verifyEventProof({ ...proof, session: 'other' }, one.vkey)).toMatchObject({ ok: false })
  expect(verifyEventProof(null, one.vkey)).toMatchObject({ ok: false })
  expect(() => proveEvent(one.store, 6)).toThrow('no event 6')
  one.store.append([message('late')])
  expect(() => proveEvent(one.store, 6)).toThrow('after the last checkpoint')
  one.store.close()
  two.store.close()
})

test('checkpoints are found again in a message of a commit and in a text', () => {
  const { store } = signedStore(3)
  const note = store.sign() ?? ''
  expect(findCheckpoints(`Fix it\n\n${checkpointTrailer(note)}\nSigned-off-by: x\n`)).toEqual([note])
  expect(findCheckpoints(`before\n${note}after`)).toEqual([note])
  expect(findCheckpoints('Cairn-Checkpoint: bm90aGluZw')).toEqual([])
  store.close()
})
