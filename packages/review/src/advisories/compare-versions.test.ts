import { array, assert, constantFrom, nat, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import type { Ecosystem } from '../sbom/locked-package.ts'
import { compareVersions } from './compare-versions.ts'

const ORDERED: readonly (readonly [Ecosystem, readonly string[]])[] = [
  [
    'npm',
    [
      '0.9.9',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.1',
      '1.10.0',
      '2.0.0',
    ],
  ],
  [
    'Go',
    [
      'v0.0.0-20190101000000-abcdefabcdef',
      'v0.0.0-20200101000000-abcdefabcdef',
      'v1.2.3',
      'v1.2.4-0.20200101000000-abcdefabcdef',
      'v1.2.4',
      'v2.0.0+incompatible',
    ],
  ],
  [
    'PyPI',
    [
      '1.dev0',
      '1.0.dev456',
      '1.0a1',
      '1.0a2.dev456',
      '1.0a12.dev456',
      '1.0a12',
      '1.0b1.dev456',
      '1.0b2',
      '1.0b2.post345.dev456',
      '1.0b2.post345',
      '1.0rc1.dev456',
      '1.0rc1',
      '1.0',
      '1.0+abc.5',
      '1.0+abc.7',
      '1.0+5',
      '1.0.post456.dev34',
      '1.0.post456',
      '1.1.dev1',
      '1!0.1',
    ],
  ],
  ['RubyGems', ['1.0.0.pre1', '1.0.0.rc1', '1.0.0', '1.0.0.1', '1.0.1', '1.0.10']],
  ['Packagist', ['v1.0.0-alpha1', '1.0.0-beta2', '1.0.0-RC1', 'v1.0.0', '1.0.0-p1', '1.0.1']],
]

test.each(ORDERED)('%s: each version comes before those behind it', (ecosystem, versions) => {
  for (const [at, one] of versions.entries())
    for (const [other, two] of versions.entries())
      expect([one, two, compareVersions(ecosystem, one, two)]).toEqual([one, two, Math.sign(at - other)])
})

test('what is written differently and means the same', () => {
  expect(compareVersions('PyPI', '1.0.0', '1')).toBe(0)
  expect(compareVersions('PyPI', '1.0-ALPHA_1', '1.0a1')).toBe(0)
  expect(compareVersions('npm', 'v1.2.3+build', '1.2.3')).toBe(0)
})

test('what is no version compares with nothing', () => {
  expect(compareVersions('npm', 'latest', '1.0.0')).toBeNull()
  expect(compareVersions('PyPI', '1.0', 'one')).toBeNull()
})

test('property: the order is total', () => {
  const version = tuple(
    array(nat(3), { minLength: 1, maxLength: 4 }),
    constantFrom('', 'a1', 'b2', 'rc1', '.post1', '.dev2', 'a1.dev1'),
  ).map(([release, rest]) => release.join('.') + rest)
  assert(
    property(version, version, version, (a, b, c) => {
      const order = (one: string, two: string) => compareVersions('PyPI', one, two) ?? Number.NaN
      expect(order(a, b)).toBe(order(b, a) === 0 ? 0 : -order(b, a))
      if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0)
    }),
  )
})
