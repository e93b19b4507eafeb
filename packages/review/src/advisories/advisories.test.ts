import { zipSync } from 'fflate'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { auditProgram } from '../audit/audit.ts'
import { parseLockfiles } from '../sbom/read-lockfiles.ts'
import { readAdvisories } from './advisory.ts'
import { findUses } from './find-uses.ts'
import { findVulnerable } from './find-vulnerable.ts'
import { fixedVersion, isAffected } from './is-affected.ts'
import { openAdvisories } from './open-advisories.ts'
import { cvssScore } from './severity.ts'

const folder = mkdtempSync(join(tmpdir(), 'cairn-osv-'))
afterAll(() => rmSync(folder, { recursive: true }))

const record = (over: object = {}) => ({
  id: 'TEST-1',
  modified: '2026-01-02T00:00:00Z',
  summary: 'Prototype pollution in merge.',
  aliases: ['CVE-2026-0001'],
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  database_specific: { cwe_ids: ['CWE-1321'], severity: 'MODERATE' },
  affected: [
    {
      package: { ecosystem: 'npm', name: 'deep-mix' },
      ranges: [
        {
          type: 'SEMVER',
          events: [{ introduced: '0' }, { fixed: '1.4.0' }, { introduced: '2.0.0' }, { fixed: '2.1.3' }],
        },
      ],
    },
  ],
  ...over,
})
const one = (value: object) => {
  const [first] = readAdvisories(value) ?? []
  if (first === undefined) throw new Error('no advisory')
  return first
}

test('ranges: introduced, fixed, last affected, limits, and several in one', () => {
  const advisory = one(record())
  const affected = ['0.1.0', '1.3.9', '1.4.0-beta.1', '1.4.0', '1.9.0', '2.0.0', '2.1.2', '2.1.3'].filter(
    (version) => isAffected(advisory, version),
  )
  expect(affected).toEqual(['0.1.0', '1.3.9', '1.4.0-beta.1', '2.0.0', '2.1.2'])
  expect(fixedVersion(advisory, '1.0.0')).toBe('1.4.0')
  expect(fixedVersion(advisory, '2.0.1')).toBe('2.1.3')
  const of = (events: object[]) =>
    one(
      record({
        affected: [{ package: { ecosystem: 'npm', name: 'a' }, ranges: [{ type: 'SEMVER', events }] }],
      }),
    )
  const last = of([{ introduced: '1.0.0' }, { last_affected: '1.2.0' }])
  expect(['0.9.0', '1.0.0', '1.2.0', '1.2.1'].map((version) => isAffected(last, version))).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect(fixedVersion(last, '1.0.0')).toBeNull()
  const limited = of([{ introduced: '0' }, { limit: '2.0.0' }])
  expect(['1.9.9', '2.0.0'].map((version) => isAffected(limited, version))).toEqual([true, false])
  const commits = one(
    record({
      affected: [
        {
          package: { ecosystem: 'npm', name: 'a' },
          versions: ['1.0.0'],
          ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }],
        },
      ],
    }),
  )
  expect(['1.0.0', '1.0.1'].map((version) => isAffected(commits, version))).toEqual([true, false])
})

test('a withdrawn record says nothing, and what is no record is not taken for one', () => {
  expect(readAdvisories(record({ withdrawn: '2026-02-01T00:00:00Z' }))).toEqual([])
  expect(readAdvisories(record({ affected: [{ package: { ecosystem: 'Debian', name: 'a' } }] }))).toEqual([])
  for (const bad of [null, 1, 'text', [], {}, { id: 'A' }, { affected: [] }])
    expect(readAdvisories(bad)).toBeNull()
})

test.each([
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H', 7.5],
  ['CVSS:3.0/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:N/A:N', 4.7],
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H', 9.9],
  ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N', 0],
  ['CVSS:3.1/AV:N', null],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', null],
])('the score of %s', (vector, score) => expect(cvssScore(vector)).toBe(score))

test('a folder, JSON lines, a list and an all.zip say the same; bad texts are counted and lose nothing', async () => {
  const other = record({
    id: 'TEST-2',
    affected: [{ package: { ecosystem: 'PyPI', name: 'My_Pack.age' }, versions: ['1.0'] }],
  })
  const all = [record(), other]
  mkdirSync(join(folder, 'db/sub'), { recursive: true })
  writeFileSync(join(folder, 'db/TEST-1.json'), JSON.stringify(all[0]))
  writeFileSync(join(folder, 'db/sub/TEST-2.json'), JSON.stringify(all[1]))
  writeFileSync(join(folder, 'list.json'), JSON.stringify({ vulns: all }))
  writeFileSync(
    join(folder, 'lines.jsonl'),
    `${all.map((each) => JSON.stringify(each)).join('\n')}\n{"half":\n`,
  )
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  writeFileSync(
    join(folder, 'all.zip'),
    zipSync({
      'TEST-1.json': bytes(all[0]),
      '../../TEST-2.json': bytes(all[1]),
      'huge.json': new Uint8Array(20 << 20),
    }),
  )
  for (const [path, bad] of [
    ['db', 0],
    ['list.json', 0],
    ['lines.jsonl', 1],
    ['all.zip', 1],
  ] as const) {
    const store = openAdvisories(':memory:')
    const result = await store.import(join(folder, path))
    expect([path, result.records, result.advisories, result.bad.count]).toEqual([path, 2, 2, bad])
    expect(store.find('npm', 'deep-mix').map(({ id }) => id)).toEqual(['TEST-1'])
    expect(store.find('PyPI', 'my-pack-age').map(({ id }) => id)).toEqual(['TEST-2'])
    store.close()
  }
})

test('a record that is imported again replaces what it said; a withdrawn one goes', async () => {
  const store = openAdvisories(':memory:')
  const take = async (value: object) => {
    writeFileSync(join(folder, 'one.json'), JSON.stringify(value))
    await store.import(join(folder, 'one.json'))
  }
  await take(record())
  await take(record({ summary: 'Said better' }))
  expect(store.find('npm', 'deep-mix').map(({ summary }) => summary)).toEqual(['Said better'])
  await take(record({ withdrawn: '2026-02-01T00:00:00Z' }))
  expect(store.find('npm', 'deep-mix')).toEqual([])
  store.close()
})

test('what is no database, or is cut off, is refused with its name', async () => {
  const store = openAdvisories(':memory:')
  await expect(store.import(join(folder, 'nothing'))).rejects.toThrow(/There is no .*nothing/u)
  const zip = zipSync({ 'a.json': new TextEncoder().encode(JSON.stringify(record())) })
  writeFileSync(join(folder, 'plain.zip'), zipSync({ 'a.txt': new Uint8Array(3) }))
  await expect(store.import(join(folder, 'plain.zip'))).rejects.toThrow(/holds no JSON file/u)
  writeFileSync(join(folder, 'cut.zip'), zip.slice(0, zip.length / 2))
  const cut = await store.import(join(folder, 'cut.zip')).catch((error: Error) => error)
  expect(cut instanceof Error || cut.records === 0).toBe(true)
  store.close()
})

const lock = (scope: object = {}) =>
  JSON.stringify({
    name: 'shop',
    lockfileVersion: 3,
    packages: {
      '': { name: 'shop', dependencies: { web: '1.0.0' }, devDependencies: { 'deep-mix': '1.0.0' } },
      'node_modules/web': { version: '1.0.0', dependencies: { 'deep-mix': '^1.0.0' } },
      'node_modules/deep-mix': { version: '1.0.0', ...scope },
    },
  })

async function vulnerable(sources: Record<string, string>, lockText = lock(), over: object = {}) {
  const store = openAdvisories(':memory:')
  writeFileSync(join(folder, 'one.json'), JSON.stringify(record(over)))
  await store.import(join(folder, 'one.json'))
  const files = Object.entries(sources).map(([path, text]) => ({ path, text }))
  const { program } = await auditProgram(files, { today: '2026-01-01' })
  const found = findVulnerable(
    parseLockfiles(new Map([['package-lock.json', lockText]])),
    store,
    findUses(program),
  )
  store.close()
  return found
}

test('how far the sources get at a package: called, imported, imported by another, not at all, or unknown', async () => {
  const symbols = {
    affected: [{ ...record().affected[0], ecosystem_specific: { affected_functions: ['deep-mix.merge'] } }],
  }
  const reach = async (source: Record<string, string>, over: object = {}) =>
    (await vulnerable(source, lock(), over)).map((each) => [
      each.reach,
      each.finding.severity,
      each.finding.confidence,
    ])
  const direct = { 'a.js': "const { merge } = require('deep-mix')\nmerge({}, input)\n" }
  expect(await reach(direct, symbols)).toEqual([['called', 'critical', 'high']])
  expect(await reach(direct)).toEqual([['imported', 'critical', 'medium']])
  expect(await reach({ 'a.ts': "import web from 'web'\nweb()\n" })).toEqual([
    ['imported', 'critical', 'medium'],
  ])
  expect(await reach({ 'a.js': 'let a = 1\n' })).toEqual([['not-imported', 'medium', 'low']])
  expect(await reach({})).toEqual([['unknown', 'critical', 'medium']])
})

test('a finding names the version, the way in, the place and what to do', async () => {
  const [found] = await vulnerable({ 'src/a.ts': "import web from 'web'\nweb()\n" })
  expect(found?.finding).toMatchObject({
    rule: 'vulnerable-dependency',
    cwe: 1321,
    place: { file: 'package-lock.json' },
    fix: 'Update deep-mix to 1.4.0 or later.',
    flow: [{ file: 'src/a.ts', line: 1 }],
  })
  expect(found?.finding.message).toBe(
    'deep-mix 1.0.0: Prototype pollution in merge, TEST-1 (CVE-2026-0001). The sources import it (imports web, which needs deep-mix, src/a.ts:1).',
  )
  expect(found?.purl).toBe('pkg:npm/deep-mix@1.0.0')
})

test('a fixed version is no finding', async () => {
  expect(await vulnerable({}, lock({ version: '1.4.0' }))).toEqual([])
})
