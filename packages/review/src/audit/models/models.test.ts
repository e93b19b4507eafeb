import { expect, test } from 'vitest'
import { auditFiles } from '../audit.ts'

const found = async (path: string, text: string) =>
  (await auditFiles([{ path, text }], { today: '2026-01-01' })).findings.map((one) => one.rule)
const handler = (line: string, before = '') =>
  `${before}\nrequire('express')().get('/:id', async (req, res) => { const v = req.query.v; ${line} })`

test.each([
  ['a fragment of SQL', "qb.where(`log.actor = '${v}'`)", "qb.where('log.actor = :v', { v })"],
  [
    'a tag of a query builder',
    'await sql.execute(`select * from t where a = ${v}`)',
    'await db.execute(sql`select * from t where a = ${v}`)',
  ],
  [
    'an address checked by net.isIP',
    "cp.exec('ping ' + v)",
    "if (net.isIP(v) === 0) return; cp.exec('ping ' + v)",
  ],
  [
    'an own function that escapes filters',
    "client.search('dc=x', { filter: `(uid=${v})` })",
    "client.search('dc=x', { filter: `(uid=${v.replace(/[\\\\*()\\0]/g, (c) => '\\\\' + c)})` })",
  ],
  [
    'a shell that is given a command',
    "cp.spawnSync('sh', ['-c', `convert ${v}`])",
    "cp.spawnSync('convert', ['--', v])",
  ],
  ['a literal as key of a token', "jwt.sign({}, 's1gning-k3y-2024')", 'jwt.sign({}, process.env.JWT_SECRET)'],
  ['an HMAC', 'if (mac === v) res.end()', 'if (crypto.timingSafeEqual(mac, v)) res.end()'],
  [
    'all fields of a request',
    'await User.findByIdAndUpdate(1, { $set: req.body })',
    'await User.findByIdAndUpdate(1, { $set: pick(req.body, ["name"]) })',
  ],
  [
    'a parameter of the path, which is always text',
    'await User.findOne({ a: req.query.id })',
    'await User.findOne({ a: req.params.id })',
  ],
])('%s', async (_name, bad, good) => {
  const before = `const cp = require('child_process'), net = require('net'), crypto = require('crypto')
const { sql } = require('drizzle-orm'), pick = require('lodash/pick'), jwt = require('jsonwebtoken'), client = require('ldapjs').createClient()
const mac = crypto.createHmac('sha256', process.env.K).update('x').digest('hex')`
  expect(await found('a.js', handler(bad, before))).toHaveLength(1)
  expect(await found('a.js', handler(good, before))).toEqual([])
})

test('sinks of one language do not count in the other', async () => {
  const python = `from fastapi import FastAPI
import httpx
app = FastAPI()
@app.get('/')
async def proxy(url: str):
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).text
`
  expect(await found('a.py', python)).toEqual(['ssrf'])
  expect(await found('a.js', handler('repo.save(req.body)'))).toEqual([])
})

test('a view without protection against forged requests is reported', async () => {
  const view = (decorator: string) =>
    `from django.views.decorators.csrf import csrf_exempt, csrf_protect\n@${decorator}\ndef view(request):\n    pass\n`
  expect(await found('views.py', view('csrf_exempt'))).toEqual(['csrf-disabled'])
  expect(await found('views.py', view('csrf_protect'))).toEqual([])
})
