import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig } from './testing/cli-rig.ts'

const lock = {
  name: 'shop',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: {
    '': {
      name: 'shop',
      version: '1.0.0',
      dependencies: { left: '^1.0.0' },
      devDependencies: { probe: '2.0.0' },
    },
    'node_modules/left': {
      version: '1.2.3',
      resolved: 'https://registry.npmjs.org/left/-/left-1.2.3.tgz',
      license: 'MIT',
    },
    'node_modules/probe': { version: '2.0.0', dev: true },
  },
}

test('cairn sbom writes what is pinned, the same bytes each time, and says what it could not read', async () => {
  await using rig = await cliRig([{ text: '' }], { 'package-lock.json': JSON.stringify(lock) })
  const first = await rig.cairn(['sbom'])
  expect(first).toMatchObject({ code: 0, err: '' })
  const bom = JSON.parse(first.out) as { specVersion: string; components: { purl: string; scope: string }[] }
  expect(bom.specVersion).toBe('1.6')
  expect(bom.components.map(({ purl, scope }) => [purl, scope])).toEqual([
    ['pkg:npm/left@1.2.3', 'required'],
    ['pkg:npm/probe@2.0.0', 'excluded'],
  ])
  expect((await rig.cairn(['sbom'])).out).toBe(first.out)
  const written = await rig.cairn(['sbom', '--out', 'bom.json'])
  expect(written.err).toContain('wrote 2 packages of 1 lock file to bom.json')
  expect(readFileSync(join(rig.cwd, 'bom.json'), 'utf8')).toBe(first.out)

  await using broken = await cliRig([{ text: '' }], { 'a/package-lock.json': '{', 'yarn.lock': '' })
  const part = await broken.cairn(['sbom'])
  expect(part.code).toBe(1)
  expect(part.err).toContain('not read: a/package-lock.json')
  await using none = await cliRig([{ text: '' }], { 'a.txt': '' })
  expect(await none.cairn(['sbom'])).toMatchObject({ code: 2, out: '' })
})

test('cairn threat-model drafts one, in the form that the file asks for', async () => {
  await using rig = await cliRig([{ text: '' }], {
    'app.js':
      "const app = require('express')()\nconst { exec } = require('child_process')\napp.post('/run', (req, res) => exec(req.body.command, () => res.end()))\n",
  })
  const text = await rig.cairn(['threat-model'])
  expect(text.code).toBe(0)
  expect(text.out).toContain('ways in   1, 1 of them ask nobody who they are')
  expect(text.out).toMatch(/✗ T\d+ elevation of privilege: Input becomes a command/u)
  const page = await rig.cairn(['threat-model', '--out', 'threats.html'])
  expect(page.err).toMatch(/wrote \d+ abuse cases, \d+ open, to threats\.html/u)
  expect(readFileSync(join(rig.cwd, 'threats.html'), 'utf8')).toContain('<svg')
  const json = await rig.cairn(['threat-model', '--format', 'json'])
  expect(JSON.parse(json.out)).toMatchObject({ entryPoints: [{ id: 'E1', name: 'changes /run' }] })
  expect(await rig.cairn(['threat-model', '--format', 'pdf'])).toMatchObject({ code: 2 })
})

const advisory = {
  id: 'TEST-2026-1',
  modified: '2026-01-02T00:00:00Z',
  summary: 'Reads past the end',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'left' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.0' }] }],
    },
  ],
}

test('an imported OSV database: audit and sbom name pinned packages with known defects', async () => {
  await using rig = await cliRig([{ text: '' }], {
    'package-lock.json': JSON.stringify(lock),
    'app.js': "const left = require('left')\nleft()\n",
    'osv/TEST-2026-1.json': JSON.stringify(advisory),
    'osv/broken.json': '{"id":',
  })
  expect((await rig.cairn(['audit'])).out).not.toContain('vulnerable-dependency')
  expect((await rig.cairn(['advisories', 'status'])).out).toContain('No advisories were imported')
  const imported = await rig.cairn(['advisories', 'import', 'osv'])
  expect(imported.code).toBe(1)
  expect(imported.out).toContain('read 1 record: 1 advisories on packages')
  expect(imported.err).toMatch(/1 text of the database could not be read[^]*broken\.json/u)
  expect((await rig.cairn(['advisories', 'status'])).out).toMatch(
    /npm +1 advisories on 1 packages, the newest of 2026-01-02/u,
  )

  const audit = await rig.cairn(['audit'])
  expect(audit.code).toBe(1)
  expect(audit.out).toContain('critical  vulnerable-dependency (CWE-1395)')
  expect(audit.out).toContain(
    'left 1.2.3: Reads past the end, TEST-2026-1. The sources import it (imports left, app.js:1).',
  )
  expect((await rig.cairn(['audit', '--advisories', 'none'])).code).toBe(0)
  const sarif = JSON.parse((await rig.cairn(['audit', '--format', 'sarif'])).out) as {
    runs: { results: { ruleId: string }[] }[]
  }
  expect(sarif.runs[0]?.results.map(({ ruleId }) => ruleId)).toContain('vulnerable-dependency')
  const bom = JSON.parse((await rig.cairn(['sbom', '--advisories', 'imported'])).out) as {
    vulnerabilities: object[]
  }
  expect(bom.vulnerabilities).toMatchObject([
    {
      id: 'TEST-2026-1',
      ratings: [{ severity: 'critical', score: 9.8 }],
      affects: [{ ref: 'pkg:npm/left@1.2.3' }],
    },
  ])
  const missing = await rig.cairn(['audit', '--advisories', 'nowhere'])
  expect(missing.code).not.toBe(0)
  expect(missing.err).toMatch(/There is no .*nowhere/u)
})
