import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findSecurity } from './find-security.ts'
import { readChange } from './read-change.ts'

/** One of many features of a server: a route, the service that it calls, and the store that the service calls. */
function feature(n: number, safe: boolean): Record<string, string> {
  const query = safe
    ? "db.query('SELECT * FROM t WHERE id = $1', [id])"
    : "db.query('SELECT * FROM t WHERE id = ' + id)"
  return {
    [`src/routes/r${n}.js`]: `const express = require('express')
const { load } = require('../services/s${n}')
const app = express()
app.get('/x${n}', async (req, res) => res.json(await load(req.query.id)))
module.exports = app
`,
    [`src/services/s${n}.js`]: `const { find } = require('../stores/d${n}')
exports.load = (id) => find(id)
`,
    [`src/stores/d${n}.js`]: `const { Pool } = require('pg')
const db = new Pool()
exports.find = (id) => ${query}
`,
  }
}

test('files around a change show the same flows as all files', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-security-')))
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@localhost', ...words], { cwd: root })
  const write = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
  }
  try {
    for (const name of ['routes', 'services', 'stores'])
      mkdirSync(join(root, 'src', name), { recursive: true })
    git('init', '-q')
    for (let n = 0; n < 20; n += 1) write(feature(n, n % 3 !== 0))
    git('add', '-A')
    git('commit', '-qm', 'base')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(19), { minLength: 1, maxLength: 4 }), async (picked) => {
        // What was safe becomes unsafe, and the other way round.
        for (const n of new Set(picked)) write(feature(n, n % 3 === 0))
        const change = await readChange(root, { of: 'working-tree' })
        const [whole, near] = [
          await findSecurity(change, '2026-01-01', 1_000),
          await findSecurity(change, '2026-01-01', 10),
        ]
        expect(near.findings).toEqual(whole.findings)
        expect(near.findings.length).toBe([...new Set(picked)].filter((n) => n % 3 !== 0).length)
        expect(near.audited?.files ?? 0).toBeLessThan(whole.audited?.files ?? 0)
        git('checkout', '-q', '.')
      }),
      { numRuns: 8 },
    )
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
