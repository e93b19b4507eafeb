import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDuration } from '../src/durations.ts'
import { SessionStore } from '../src/sessions.ts'

const MINUTE = 60_000

function setUp(options: { ttl?: string; sliding?: boolean }) {
  const clock = { time: 0 }
  const store = new SessionStore<{ user: string }>({ ...options, now: () => clock.time })
  return { clock, store }
}

test('reads seconds, minutes and days', () => {
  assert.equal(parseDuration('90s'), 90_000)
  assert.equal(parseDuration('15m'), 15 * MINUTE)
  assert.equal(parseDuration('2d'), 2 * 24 * 60 * MINUTE)
})

test('reads mixed durations', () => {
  assert.equal(parseDuration('1h30m'), 90 * MINUTE)
})

test('refuses what is no duration', () => {
  for (const text of ['', '10', 'h', '5w', '1h!']) assert.throws(() => parseDuration(text), /bad duration/)
})

test('keeps a session until its time is over', () => {
  const { clock, store } = setUp({ ttl: '2h', sliding: false })
  const id = store.create({ user: 'ada' })
  clock.time = 119 * MINUTE
  assert.deepEqual(store.get(id), { user: 'ada' })
  clock.time = 120 * MINUTE
  assert.equal(store.get(id), undefined)
})

test('a sliding session lives on while it is used', () => {
  const { clock, store } = setUp({ ttl: '10m' })
  const id = store.create({ user: 'ada' })
  for (let i = 1; i <= 5; i++) {
    clock.time = i * 9 * MINUTE
    assert.notEqual(store.get(id), undefined)
  }
})

test('sweeping removes what is over', () => {
  const { clock, store } = setUp({ ttl: '1h' })
  store.create({ user: 'ada' })
  clock.time = 30 * MINUTE
  store.create({ user: 'bob' })
  clock.time = 70 * MINUTE
  assert.equal(store.sweep(), 1)
})

test('an unknown session is nothing', () => {
  assert.equal(setUp({}).store.get('s9'), undefined)
})
