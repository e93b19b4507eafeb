'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { card, cards } = require('../src/card.js')
const { initials, shorten } = require('../src/text.js')

const ada = {
  login: 'ada',
  displayName: 'Ada King-Noel',
  role: 'Analyst',
  address: { city: 'London', country: 'UK' },
  bio: '  Notes on the engine.  ',
  links: { site: 'https://example.com', old: 'http://example.com' },
}

test('initials of up to three names', () => {
  assert.equal(initials('Ada King-Noel'), 'AKN')
  assert.equal(initials('a b c d'), 'ABC')
})

test('shortens at a word', () => {
  assert.equal(shorten('short', 10), 'short')
  assert.equal(shorten('some longer text here', 14), 'some longer…')
})

test('a full card', () => {
  assert.deepEqual(card(ada), {
    title: 'Ada King-Noel',
    badge: 'AKN',
    subtitle: 'Analyst · London, UK',
    bio: 'Notes on the engine.',
    links: [{ label: 'site', url: 'https://example.com' }],
  })
})

test('part of an address', () => {
  assert.equal(card({ login: 'bob', address: { country: 'FR' } }).subtitle, 'FR')
  assert.equal(card({ login: 'bob', address: {} }).subtitle, 'somewhere')
})

test('a user who gave nothing but a login', () => {
  assert.deepEqual(card({ login: 'bob' }), { title: 'bob', badge: 'B', subtitle: 'somewhere', bio: null, links: [] })
})

test('an address that was removed', () => {
  assert.equal(card({ login: 'bob', role: 'Editor', address: null }).subtitle, 'Editor · somewhere')
})

test('a list leaves hidden users out', () => {
  assert.deepEqual(cards([ada, { ...ada, hidden: true }]).map(({ title }) => title), ['Ada King-Noel'])
})
