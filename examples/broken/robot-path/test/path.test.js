import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Grid } from '../src/grid.js'
import { compress, shortestPath } from '../src/search.js'

function solve(text) {
  const grid = new Grid(text)
  return shortestPath(grid, grid.find('S'), grid.find('G'))
}

test('finds marks', () => {
  const grid = new Grid('..S\n.G.')
  assert.deepEqual(grid.find('S'), { row: 0, column: 2 })
  assert.deepEqual(grid.find('G'), { row: 1, column: 1 })
  assert.equal(grid.find('X'), null)
})

test('knows walls and the outside', () => {
  const grid = new Grid('.#\n..')
  assert.equal(grid.isFree(0, 1), false)
  assert.equal(grid.isFree(1, 1), true)
  assert.equal(grid.isFree(2, 0), false)
  assert.equal(grid.isFree(0, -1), false)
})

test('stays where it is', () => {
  const grid = new Grid('S..\n...\n...')
  assert.equal(shortestPath(grid, grid.find('S'), grid.find('S')), '')
})

test('crosses an open square', () => {
  assert.equal(solve('S..\n...\n..G').length, 4)
})

test('walks along a corridor', () => {
  assert.equal(solve('S....G'), 'EEEEE')
})

test('walks around a wall', () => {
  assert.equal(
    solve(`
      S#G
      .#.
      ...
    `),
    'SSEENN',
  )
})

test('knows when there is no way', () => {
  assert.equal(solve('S#G\n.#.\n.#.'), null)
})

test('shortens a path', () => {
  assert.equal(compress('SSEENN'), '2S 2E 2N')
  assert.equal(compress(''), '')
})
