'use strict'

const assert = require('node:assert/strict')
const { describe, it } = require('node:test')
const { compile } = require('../src/compile.js')
const { Mailer } = require('../src/mailer.js')

describe('compile', () => {
  it('fills in values, also nested ones', () => {
    assert.equal(compile('Hi {{ name }} from {{address.city}}')({ name: 'Ada', address: { city: 'London' } }), 'Hi Ada from London')
  })

  it('leaves out what is missing', () => {
    assert.equal(compile('[{{ a.b.c }}]')({}), '[]')
  })

  it('applies filters', () => {
    assert.equal(compile('{{ a | upper }} {{ b | escape }}')({ a: 'x', b: '<b>' }), 'X &#60;b&#62;')
    assert.throws(() => compile('{{ a | lower }}')({ a: 'x' }), /unknown filter/)
  })
})

describe('mailer', () => {
  it('renders with defaults', () => {
    const mailer = new Mailer({ sender: 'Shop' }).define('hello', 'Hi {{name}}, {{sender}}')
    assert.equal(mailer.render('hello', { name: 'Ada' }), 'Hi Ada, Shop')
    assert.equal(mailer.render('hello', { name: 'Bob', sender: 'Club' }), 'Hi Bob, Club')
  })

  it('uses a template that was replaced', () => {
    const mailer = new Mailer().define('hello', 'Hi {{name}}')
    assert.equal(mailer.render('hello', { name: 'Ada' }), 'Hi Ada')
    mailer.define('hello', 'Dear {{name}}')
    assert.equal(mailer.render('hello', { name: 'Ada' }), 'Dear Ada')
  })

  it('renders for many people', () => {
    const mailer = new Mailer().define('hello', 'Hi {{name}}')
    assert.deepEqual(mailer.renderAll('hello', [{ name: 'Ada', email: 'a@example.com' }]), [{ to: 'a@example.com', text: 'Hi Ada' }])
  })

  it('replacing one template leaves the others alone', () => {
    const mailer = new Mailer().define('a', 'A {{x}}').define('b', 'B {{x}}')
    mailer.render('a', { x: 1 })
    mailer.render('b', { x: 1 })
    mailer.define('a', 'AA {{x}}')
    assert.deepEqual([mailer.render('a', { x: 2 }), mailer.render('b', { x: 2 })], ['AA 2', 'B 2'])
  })

  it('knows its templates', () => {
    assert.deepEqual(new Mailer().define('b', '').define('a', '').names(), ['a', 'b'])
    assert.throws(() => new Mailer().render('nope'), /unknown template/)
  })
})
