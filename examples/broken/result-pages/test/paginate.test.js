import assert from 'node:assert/strict'
import { describe as suite, test } from 'node:test'
import { describe, pageLinks } from '../src/links.js'
import { paginate } from '../src/paginate.js'

const letters = [...'abcdefg']

suite('paginate', () => {
  test('gives the first page', () => {
    const result = paginate(letters, { size: 3 })
    assert.deepEqual(result.items, ['a', 'b', 'c'])
    assert.equal(result.hasPrevious, false)
    assert.equal(result.hasNext, true)
  })

  test('gives a page in the middle', () => {
    assert.deepEqual(paginate(letters, { page: 2, size: 3 }).items, ['d', 'e', 'f'])
  })

  test('the last page may be short', () => {
    const result = paginate(letters, { page: 3, size: 3 })
    assert.deepEqual(result.items, ['g'])
    assert.equal(result.hasNext, false)
  })

  test('pages together are the list', () => {
    const all = [1, 2, 3, 4].flatMap((page) => paginate(letters, { page, size: 2 }).items)
    assert.deepEqual(all, letters)
  })

  test('stays within the pages', () => {
    assert.equal(paginate(letters, { page: 9, size: 3 }).page, 3)
    assert.equal(paginate(letters, { page: -1, size: 3 }).page, 1)
  })

  test('an empty list has one empty page', () => {
    assert.deepEqual(paginate([]), { items: [], page: 1, pages: 1, total: 0, hasNext: false, hasPrevious: false })
  })
})

suite('links', () => {
  test('shows gaps', () => {
    assert.deepEqual(pageLinks(5, 10), [1, null, 4, 5, 6, null, 10])
    assert.deepEqual(pageLinks(1, 3), [1, 2, 3])
  })

  test('describes a page', () => {
    assert.equal(describe({ page: 2, pages: 3, total: 25 }), '11–20 of 25 (page 2 of 3)')
    assert.equal(describe({ page: 1, pages: 1, total: 0 }), 'no results')
  })
})
