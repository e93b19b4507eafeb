import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Importer } from '../src/importer.js'
import { runAll } from '../src/queue.js'

const people = {
  1: { id: 1, name: ' Ada ', email: 'ADA@example.com' },
  2: { id: 2, name: 'Bob' },
}

function setUp() {
  const saved = []
  const source = { load: async (id) => people[id] ?? null }
  const target = {
    async save(record) {
      await setImmediate()
      if (record.name === 'Bob' && target.full) throw new Error('disk full')
      saved.push(record)
    },
    full: false,
  }
  return { saved, target, importer: new Importer(source, target) }
}

describe('queue', () => {
  test('keeps the order and reports failures', async () => {
    const results = await runAll([async () => 'a', async () => Promise.reject(new Error('no')), async () => 'c'])
    assert.deepEqual(results, [
      { status: 'ok', value: 'a' },
      { status: 'failed', reason: 'no' },
      { status: 'ok', value: 'c' },
    ])
  })

  test('runs no more tasks at a time than asked for', async () => {
    let running = 0
    let most = 0
    const task = async () => {
      most = Math.max(most, ++running)
      await setImmediate()
      running--
    }
    await runAll(Array.from({ length: 7 }, () => task), 3)
    assert.equal(most, 3)
  })

  test('has nothing to do', async () => {
    assert.deepEqual(await runAll([]), [])
  })
})

describe('importer', () => {
  test('a record is saved when the import is done', async () => {
    const { importer, saved } = setUp()
    assert.equal(await importer.importOne(1), 1)
    assert.deepEqual(saved, [{ id: 1, name: 'Ada', email: 'ada@example.com' }])
  })

  test('all records are saved', async () => {
    const { importer, saved } = setUp()
    assert.deepEqual(await importer.importAll([1, 2]), { imported: 2, failed: [] })
    assert.deepEqual(saved.map(({ id }) => id), [1, 2])
  })

  test('a missing record is reported', async () => {
    const { importer } = setUp()
    const { failed } = await importer.importAll([1, 9])
    assert.deepEqual(failed, [{ id: 9, reason: 'record 9 not found' }])
  })

  test('a record that cannot be saved is reported', async () => {
    const { importer, target } = setUp()
    target.full = true
    assert.deepEqual(await importer.importAll([1, 2]), { imported: 1, failed: [{ id: 2, reason: 'disk full' }] })
  })
})
