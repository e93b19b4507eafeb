import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig } from './testing/cli-rig.ts'

const VULNERABLE =
  "const app = require('express')()\nconst { exec } = require('child_process')\napp.get('/p', (req, res) => exec('ping ' + req.query.host, () => res.end()))\n"

test('a settled finding does not come back until its code changes, and says who settled it', async () => {
  await using rig = await cliRig([{ text: '' }], { 'app.js': 'exports.a = 1\n' })
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@localhost', ...words], { cwd: rig.cwd })
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'first')
  writeFileSync(join(rig.cwd, 'app.js'), VULNERABLE)
  const file = join(rig.cwd, '.cairn/review.json')
  const review = async (...words: string[]) => {
    const { code, out, err } = await rig.cairn(['review', ...words])
    return { code, out, err }
  }
  const json = async () =>
    JSON.parse((await review('--json')).out) as {
      findings: { rule: string; fingerprint: string }[]
      resolved: { by: string }[]
    }
  expect((await review()).code).toBe(1)
  const found = (await json()).findings.find(({ rule }) => rule === 'command-injection')
  const id = found?.fingerprint.slice(0, 12) ?? ''

  expect(await review('--resolve', id)).toMatchObject({ code: 2 })
  expect((await review('--resolve', 'ffffffffffff', '--by', 'Ann', '--reason', 'x')).err).toContain(
    'names no finding',
  )
  expect(existsSync(file)).toBe(false)
  const settled = await review('--resolve', id, '--by', 'Ann', '--reason', 'only reachable from the console')
  expect(settled).toMatchObject({ code: 0 })
  expect(readFileSync(file, 'utf8')).toContain('only reachable from the console')

  const after = await review()
  expect(after.out).not.toContain('command-injection  (')
  expect(after.out).toMatch(
    /resolved: command-injection in app\.js \(\w+\) by Ann on \d{4}-\d\d-\d\d: only reachable/u,
  )
  expect((await json()).resolved).toMatchObject([{ by: 'Ann' }])
  // Lines before it do not matter, its own line does.
  writeFileSync(join(rig.cwd, 'app.js'), `\n// above\n${VULNERABLE}`)
  expect((await json()).resolved).toHaveLength(1)
  writeFileSync(join(rig.cwd, 'app.js'), VULNERABLE.replace("'ping '", "'ping -c 1 '"))
  expect((await json()).findings.map(({ rule }) => rule)).toContain('command-injection')

  writeFileSync(join(rig.cwd, 'app.js'), VULNERABLE)
  expect((await review('--reopen', id)).out).toContain('open again')
  expect((await review()).code).toBe(1)
  writeFileSync(file, '{"version":1')
  const damaged = await review()
  expect(damaged.code).not.toBe(0)
  expect(damaged.err).toContain('.cairn/review.json cannot be read')
  expect(readFileSync(file, 'utf8')).toBe('{"version":1')
})
