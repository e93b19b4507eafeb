import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  appendLeaves,
  emptyFrontier,
  emptyRoot,
  frontierRoot,
  leafHash,
  packFrontier,
  unpackFrontier,
} from './merkle.ts'
import {
  consistencyProof,
  inclusionProof,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proof.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)))
const flipped = (bytes: Uint8Array): Uint8Array => Buffer.from(bytes).fill((bytes[7] ?? 0) ^ 1, 7, 8)

describe('the vectors of Certificate Transparency', () => {
  const inputs = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map((data) => leafHash(Buffer.from(data, 'hex')))

  test.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('root of %i leaves', (size, root) => {
    expect(hex(frontierRoot(appendLeaves(emptyFrontier, inputs.slice(0, size))))).toBe(root)
    expect(hex(rootOf(inputs.slice(0, size)))).toBe(root)
  })
})

test('growing in any steps gives the root of the definition, also through packing', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 12 }), (steps) => {
      let frontier = emptyFrontier
      const all = leavesOf(steps.reduce((sum, step) => sum + step, 0))
      for (const step of steps) {
        const grown = appendLeaves(frontier, all.slice(frontier.size, frontier.size + step))
        const restored = unpackFrontier(grown.size, packFrontier(grown))
        expect(restored).not.toBeNull()
        frontier = restored ?? emptyFrontier
      }
      expect(hex(frontierRoot(frontier))).toBe(hex(rootOf(all)))
    }),
    { numRuns: 60 },
  )
})

test('a frontier of another size is refused', () => {
  const frontier = appendLeaves(emptyFrontier, leavesOf(7))
  expect(unpackFrontier(8, packFrontier(frontier))).toBeNull()
  expect(unpackFrontier(7, packFrontier(frontier).subarray(1))).toBeNull()
})

const sizes = fc.integer({ min: 1, max: 200 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)))

test('inclusion proofs hold for their leaf, place and tree, and for nothing else', () => {
  fc.assert(
    fc.property(sizes, ([size, index]) => {
      const leaves = leavesOf(size)
      const tree = { size, root: rootOf(leaves) }
      const leaf = leaves[index] ?? emptyRoot()
      const path = inclusionProof(leaves, index)
      expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)))
      expect(verifyInclusion(leaf, index, tree, path)).toBe(true)
      expect(verifyInclusion(flipped(leaf), index, tree, path)).toBe(false)
      expect(verifyInclusion(leaf, index, { size, root: flipped(tree.root) }, path)).toBe(false)
      expect(verifyInclusion(leaf, size, tree, path)).toBe(false)
      expect(verifyInclusion(leaf, index, tree, [...path, leaf])).toBe(false)
      if (size > 1) {
        expect(verifyInclusion(leaf, (index + 1) % size, tree, path)).toBe(false)
        expect(verifyInclusion(leaf, index, tree, path.slice(1))).toBe(false)
        expect(verifyInclusion(leaf, index, tree, [flipped(path[0] ?? leaf), ...path.slice(1)])).toBe(false)
      }
    }),
  )
})

test('consistency proofs hold for prefixes and for nothing else', () => {
  fc.assert(
    fc.property(sizes, ([size, prefix]) => {
      const leaves = leavesOf(size)
      const older = { size: prefix, root: rootOf(leaves, 0, prefix) }
      const newer = { size, root: rootOf(leaves) }
      const path = consistencyProof(leaves, prefix)
      expect(verifyConsistency(older, newer, path)).toBe(true)
      expect(verifyConsistency(newer, older, path)).toBe(false)
      expect(verifyConsistency({ ...older, root: flipped(older.root) }, newer, path)).toBe(false)
      expect(verifyConsistency(older, newer, [...path, newer.root])).toBe(false)
      if (prefix > 0)
        expect(verifyConsistency(older, { ...newer, root: flipped(newer.root) }, path)).toBe(false)
      if (path.length > 0) expect(verifyConsistency(older, newer, path.slice(1))).toBe(false)
    }),
  )
  const leaves = leavesOf(5)
  expect(verifyConsistency({ size: 5, root: rootOf(leaves) }, { size: 5, root: rootOf(leaves) }, [])).toBe(
    true,
  )
})

test('proofs outside of the tree are refused', () => {
  expect(() => inclusionProof(leavesOf(3), 3)).toThrow(RangeError)
  expect(() => consistencyProof(leavesOf(3), 4)).toThrow(RangeError)
})
