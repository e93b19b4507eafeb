import assert from 'node:assert/strict'
import { test } from 'node:test'
import { valueOf } from '../src/evaluate.ts'
import { tokenize } from '../src/tokens.ts'

test('tokenizes', () => {
  assert.deepEqual(tokenize('A1 + 2.5'), [
    { kind: 'cell', name: 'A1' },
    { kind: 'sign', text: '+' },
    { kind: 'number', value: 2.5 },
  ])
  assert.throws(() => tokenize('1 ? 2'), /unexpected character/)
})

test('a number is itself, an empty cell is zero', () => {
  assert.equal(valueOf({ A1: '12.5' }, 'A1'), 12.5)
  assert.equal(valueOf({}, 'A1'), 0)
})

test('products come before sums', () => {
  assert.equal(valueOf({ A1: '=1+2*3-8/4' }, 'A1'), 5)
  assert.equal(valueOf({ A1: '=(1+2)*-3' }, 'A1'), -9)
})

test('cells refer to cells', () => {
  const sheet = { A1: '4', A2: '=A1*2', A3: '=A1+A2+B7' }
  assert.equal(valueOf(sheet, 'A3'), 12)
})

test('a cell in parentheses', () => {
  assert.equal(valueOf({ A1: '6', B1: '=-(A1-2)/2' }, 'B1'), -2)
})

test('text in a cell is an error', () => {
  assert.throws(() => valueOf({ A1: 'abc', A2: '=A1+1' }, 'A2'), /A1 is not a number/)
})

test('a cycle is an error', () => {
  assert.throws(() => valueOf({ A1: '=B1', B1: '=A1' }, 'A1'), /cycle: A1 -> B1 -> A1/)
})

test('unfinished formulas are errors', () => {
  assert.throws(() => valueOf({ A1: '=1+' }, 'A1'), /expected/)
  assert.throws(() => valueOf({ A1: '=(1' }, 'A1'), /missing \)/)
})
