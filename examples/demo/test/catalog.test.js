import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Catalog } from '../src/catalog.js'

describe('catalog', () => {
  test('keeps products', () => {
    const catalog = new Catalog()
    catalog.add({ sku: 'B-1', name: 'Bolt M6', price: 12 })
    assert.equal(catalog.get('B-1').taxClass, 'standard')
    assert.throws(() => catalog.get('B-2'), /unknown product/)
  })

  test('refuses duplicates, fractions of a cent and unknown tax classes', () => {
    const catalog = new Catalog()
    catalog.add({ sku: 'B-1', name: 'Bolt', price: 12 })
    assert.throws(() => catalog.add({ sku: 'B-1', name: 'Bolt', price: 12 }), /exists/)
    assert.throws(() => catalog.add({ sku: 'B-2', name: 'Bolt', price: 1.5 }), /whole cents/)
    assert.throws(() => catalog.add({ sku: 'B-2', name: 'Bolt', price: 1, taxClass: 'none' }), /tax class/)
  })

  test('finds by part of the name or by sku', () => {
    const catalog = new Catalog()
    catalog.add({ sku: 'B-1', name: 'Bolt M6', price: 12 })
    catalog.add({ sku: 'N-1', name: 'Nut M6', price: 8 })
    assert.deepEqual(catalog.search(' m6 ').map((product) => product.sku), ['B-1', 'N-1'])
    assert.deepEqual(catalog.search('n-1').map((product) => product.name), ['Nut M6'])
  })
})
