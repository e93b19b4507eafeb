import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { main } from '../main.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cairn-cli-policy-'))
  mkdirSync(join(home, '.config/cairn'), { recursive: true })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

async function policy(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const code = await main(['policy', ...words], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: { HOME: home },
    cwd: () => home,
    on: () => undefined,
    off: () => undefined,
    exit: (exit) => {
      throw new Error(`exit ${exit}`)
    },
  })
  return { code, out, err }
}
const userPolicy = (text: string) => writeFileSync(join(home, '.config/cairn/policy.json'), text)

test('show lists every layer, explain says which rule decides and what was read', async () => {
  userPolicy(
    '{"version":1,"rules":[{"id":"no-curl","effect":"deny","command":["curl"],"reason":"No downloads."}]}',
  )
  const shown = await policy('show')
  expect(shown.out).toContain('deny  no-curl: curl')
  expect(shown.out).toContain('allow sandboxed-command: exec')
  const { out } = await policy('explain', 'ls | timeout 5 curl "$x"')
  expect(out).toBe(`deny: rule user:no-curl
  No downloads.
  builtin alone would allow it (builtin:sandboxed-command)

commands (perhaps not all):
  ls
  timeout 5 curl "$x"

why a rule that allows single commands may not apply:
  wrapper: timeout
  expansion: "$x"
  expansion: $x
`)
  expect((await policy('explain', '--write', 'AGENTS.md')).out).toContain('ask: rule builtin:protected-file')
  expect(JSON.parse((await policy('explain', 'ls', '--json')).out)).toMatchObject({
    decision: { decision: 'allow' },
  })
})

test('test compares decisions with what is expected', async () => {
  writeFileSync(
    join(home, 'cases.json'),
    JSON.stringify({
      cases: [
        { command: 'npm test', expect: 'allow' },
        { command: 'rm -rf .', expect: 'deny', rule: 'builtin:delete-workspace' },
        { path: '.git/config', expect: 'deny' },
      ],
    }),
  )
  expect(await policy('test', 'cases.json')).toEqual({
    code: 0,
    out: '✓ 3 of 3 cases as expected\n',
    err: '',
  })
  writeFileSync(join(home, 'cases.json'), '{"cases":[{"command":"git rebase","expect":"allow"}]}')
  expect(await policy('test', 'cases.json')).toMatchObject({
    code: 1,
    out: '✗ git rebase: ask by builtin:rewrite-history, expected allow\n✗ 0 of 1 case as expected\n',
  })
  writeFileSync(join(home, 'cases.json'), '{"cases":[{"command":"x","expect":"yes"}]}')
  expect(await policy('test', 'cases.json')).toMatchObject({ code: 2 })
})

test('a policy with a mistake is told with the place, and nothing goes on', async () => {
  userPolicy('{"version":1,"rules":[{"id":"a","effect":"permit","reason":"x"}]}')
  const { code, err } = await policy('show')
  expect(code).toBe(5)
  expect(err).toContain('policy.json: rule a: "effect" is none of deny, ask, allow')
})
