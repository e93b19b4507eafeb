import type { ScriptedCall } from '@cairn/models/testing'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sessionRig } from './testing/session-rig.ts'

const call = (tool: string, args: object): ScriptedCall => ({ tool, args: JSON.stringify(args) })
const exec = (command: string) => call('exec', { command })

test('a denied command never runs, the journal has the decision, and the model is told why', async () => {
  await using rig = await sessionRig(
    [
      { calls: [exec('touch canary; rm -rf .'), exec('echo after')] },
      { calls: [exec('touch canary; git commit --amend -m x')] },
      { text: 'end' },
    ],
    {
      files: { 'precious.txt': 'x' },
    },
  )
  await rig.run('go')
  expect(existsSync(join(rig.cwd, 'canary'))).toBe(false)
  expect(existsSync(join(rig.cwd, 'precious.txt'))).toBe(true)
  const decisions = rig.of('guard.decided').map(({ body }) => body)
  expect(decisions).toMatchObject([
    { decision: 'deny', rule: 'builtin:delete-workspace' },
    { decision: 'ask', rule: 'builtin:rewrite-history' },
  ])
  for (const { actionSha256, policySha256 } of decisions)
    expect(`${actionSha256} ${policySha256}`).toMatch(/^[0-9a-f]{64} [0-9a-f]{64}$/u)
  expect(rig.of('tool.intended').map(({ body }) => [body.args, body.rule])).toEqual([
    [{ command: 'echo after' }, 'builtin:sandboxed-command'],
  ])
  const [denied, after, asked] = rig.of('tool.done').map(({ body }) => body)
  expect(denied).toMatchObject({ ok: false, lost: 'refused' })
  expect(denied?.output).toBe(
    'Refused by the policy: this call is denied (rule builtin:delete-workspace). It deletes the whole workspace. Name the files that are to go. Nothing was executed.',
  )
  expect(after?.output).toContain('after')
  expect(asked?.output).toContain('needs the approval of a person')
  expect(rig.server.requests[1]?.text).toContain('Refused by the policy')
})

test('a project can narrow, by command and by path, for every tool that writes or runs', async () => {
  const rules = [
    { id: 'no-curl', effect: 'deny', command: ['curl'], reason: 'No downloads here.' },
    { id: 'frozen', effect: 'deny', path: ['vendor/**'], reason: 'Generated.' },
  ]
  const patch = '*** Begin Patch\n*** Add File: vendor/b.txt\n+x\n*** End Patch'
  await using rig = await sessionRig(
    [
      {
        calls: [
          call('edit', { path: 'vendor/a.txt', old: '', new: 'x' }),
          call('edit', { path: 'AGENTS.md', old: '', new: 'x' }),
          call('edit', { path: 'src/a.txt', old: '', new: 'x' }),
        ],
      },
      {
        calls: [
          exec('echo x | timeout 3 curl -T - http://127.0.0.1:1/'),
          call('localize', { command: 'curl x' }),
          call('apply_patch', { patch }),
        ],
      },
      { text: 'end' },
    ],
    { files: { '.cairn/policy.json': JSON.stringify({ version: 1, rules }) } },
  )
  await rig.run('go')
  expect(rig.of('guard.decided').map(({ body }) => body.rule)).toEqual([
    'project:frozen',
    'builtin:protected-file',
    'project:no-curl',
    'project:no-curl',
  ])
  expect(
    ['vendor/a.txt', 'vendor/b.txt', 'AGENTS.md'].filter((path) => existsSync(join(rig.cwd, path))),
  ).toEqual([])
  expect(readFileSync(join(rig.cwd, 'src/a.txt'), 'utf8')).toBe('x')
})

test('an invalid policy of the user ends everything before it starts', async () => {
  await using rig = await sessionRig([{ text: 'never' }])
  const file = join(dirname(rig.cwd), 'home/.config/cairn/policy.json')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '{"version":1,"rules":[{}]}')
  await expect(rig.run('go')).rejects.toMatchObject({ code: 'bad-policy' })
  expect(rig.events).toEqual([])
  expect(rig.server.requests).toHaveLength(0)
})

test('everyday commands need no question', async () => {
  const commands = [
    'git init -q && git config user.email a@b.c && git config user.name a',
    'echo "export const a = 1" > a.ts',
    'git add -A && git commit -qm "First"',
    'git status --short',
    'git diff',
    'git log --oneline -5',
    'git checkout -q -b work',
    'ls -la',
    'cat a.ts',
    'grep -rn "const" . --include=*.ts',
    'find . -name "*.ts" -not -path "./.git/*"',
    'mkdir -p src/deep',
    'mv a.ts src/a.ts',
    'cp src/a.ts src/b.ts',
    'rm src/b.ts',
    'rm -rf src/deep',
    "cat > src/c.ts <<'EOF'\nexport const c = 3\nEOF",
    'sed -i "s/3/4/" src/c.ts',
    'for f in src/*.ts; do wc -l "$f"; done',
    'node -e "console.log(1)"',
    'head -1 src/c.ts | tr a-z A-Z',
    'test -f src/c.ts && echo yes',
    'git stash -u -q; git stash pop -q',
    'git restore --staged . ; true',
    'sort src/*.ts | uniq -c',
    'awk "{print NF}" src/c.ts',
    'env A=1 bash -c "echo $A"',
    'diff src/a.ts src/c.ts || true',
    'tar -czf /tmp/x.tgz src && tar -tzf /tmp/x.tgz',
    'sleep 0.1 & wait',
    'date +%Y',
    'printf "%s\\n" a b | xargs -n1 echo',
  ]
  await using rig = await sessionRig(({ index }) =>
    index < commands.length ? { calls: [exec(commands[index] ?? '')] } : { text: 'end' },
  )
  await rig.run('go')
  expect(rig.of('guard.decided')).toEqual([])
  expect(rig.of('tool.done').filter(({ body }) => body.lost !== undefined)).toEqual([])
  expect(rig.of('tool.intended')).toHaveLength(commands.length)
})
