import { expect, test } from 'vitest'
import { auditFiles } from './audit.ts'

const today = '2026-01-15'
const audit = async (files: Record<string, string>) =>
  (
    await auditFiles(
      Object.entries(files).map(([path, text]) => ({ path, text })),
      { today },
    )
  ).findings

const found = async (files: Record<string, string>) =>
  (await audit(files))
    .filter((one) => one.suppressed === undefined)
    .map((one) => `${one.rule} ${one.place.file}:${one.place.line}`)

test('a value is followed over files, classes and await', async () => {
  const findings = await audit({
    'app.ts': `import express from 'express'
import { UserRepo } from './repo.js'
const repo = new UserRepo(pool)
express().get('/u', async (req, res) => {
  res.json(await repo.byName(req.query.name))
})`,
    'repo.ts': `export class UserRepo {
  constructor(private readonly pool) {}
  async byName(name) {
    return this.pool.query(\`select * from users where name = '\${name}'\`)
  }
}`,
  })
  expect(findings.map((one) => `${one.rule} ${one.place.file}:${one.place.line}`)).toEqual([
    'sql-injection repo.ts:4',
  ])
  expect(findings[0]?.flow.map((step) => `${step.file}:${step.line} ${step.what}`)).toMatchInlineSnapshot(`
    [
      "app.ts:5 request query",
      "app.ts:5 passed to byName",
      "repo.ts:3 assigned to name",
      "repo.ts:4 put into a text",
      "repo.ts:4 reaches this.pool.query",
    ]
  `)
})

test('checks clear a value for what they prove, in the function that makes them and in predicates', async () => {
  const handler = (check: string) => `const path = require('path'), fs = require('fs')
const inside = (p) => p.startsWith(ROOT + path.sep)
require('express')().get('/f', (req, res) => {
  const p = path.resolve(ROOT, req.query.f)
  ${check}
  res.sendFile(p)
})`
  expect(await found({ 'a.js': handler('') })).toEqual(['path-traversal a.js:6'])
  expect(await found({ 'a.js': handler('if (!p.startsWith(ROOT + path.sep)) return') })).toEqual([])
  expect(await found({ 'a.js': handler('if (!inside(p)) throw new Error()') })).toEqual([])
  expect(await found({ 'a.js': handler('if (inside(p)) return') })).toEqual(['path-traversal a.js:6'])
})

test('a suppression needs an owner and a reason, and ends on its day', async () => {
  const code = (comment: string) =>
    `require('express')().get('/', (req) => {\n  ${comment}\n  eval(req.query.x)\n})`
  expect(await found({ 'a.js': code('') })).toEqual(['code-injection a.js:3'])
  expect(
    await found({
      'a.js': code('// cairn-ignore code-injection owner=ops until=2026-01-15: only on staging'),
    }),
  ).toEqual([])
  expect(
    await found({
      'a.js': code('// cairn-ignore code-injection owner=ops until=2026-01-14: only on staging'),
    }),
  ).toHaveLength(1)
  expect(await found({ 'a.js': code('// cairn-ignore code-injection: no owner') })).toHaveLength(1)
})

test('fingerprints stay when lines move', async () => {
  const code = `def f(x):\n    pass\nimport pickle\nfrom flask import request\n@app.route('/')\ndef g():\n    return pickle.loads(request.data)\n`
  const before = await audit({ 'a.py': code })
  const after = await audit({ 'a.py': `# moved\n\n${code}` })
  expect(before.map((one) => one.fingerprint)).toEqual(after.map((one) => one.fingerprint))
  expect(before).toHaveLength(1)
})
