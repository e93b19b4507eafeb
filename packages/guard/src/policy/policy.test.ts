import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GuardError } from '../errors.ts'
import { builtinLayer } from './builtin-layer.ts'
import { createPolicy } from './create-policy.ts'
import { loadPolicy } from './load-policy.ts'
import { matchArgv } from './match-command.ts'
import { matchHost, matchPath, matchWord } from './match-pattern.ts'
import { parsePolicy } from './parse-policy.ts'
import type { LayerName, PolicyLayer } from './rule.ts'

const workspace = '/work/space'
const layer = (name: LayerName, body: object): PolicyLayer =>
  parsePolicy(JSON.stringify({ version: 1, ...body }), name, `/${name}.json`)
const rule = (effect: string, command: string, id = `${effect}-it`) => ({
  id,
  effect,
  command: [command],
  reason: 'because',
})
const decide = async (layers: PolicyLayer[], command: string) => {
  const found = await createPolicy([...layers, builtinLayer], {
    workspace,
    now: () => performance.now(),
  }).decide({ tool: 'exec', effect: 'exec', command })
  return `${found.decision} ${found.rule}`
}

/** What people and agents do all day; none of it may need a question. */
const everyday = [
  'git status',
  'git diff',
  'git diff --stat HEAD~1',
  'git log --oneline -20',
  'git add -A',
  'git commit -m "Add a parser"',
  'git checkout -b feature',
  'git switch main',
  'git stash',
  'git stash pop',
  'git branch -a',
  'git restore src/a.ts',
  'git checkout -- src/a.ts',
  'npm test',
  'npm run build -- --watch=false',
  'npx vitest run src/a.test.ts',
  'node --test',
  'npm ci --ignore-scripts',
  'pytest -q tests/test_a.py::test_b',
  'cargo test --all',
  'go test ./...',
  'make -j4',
  'tsc --noEmit && oxlint',
  'grep -rn "TODO" src | head -20',
  'find . -name "*.tmp" -delete',
  'rm -rf dist node_modules/.cache',
  'rm -rf ./build/*',
  'rm a.txt',
  'rm -r src/old',
  "cat > src/new.ts <<'EOF'\nexport const a = 1\nEOF",
  'sed -i "s/a/b/g" src/*.ts',
  'for f in src/*.ts; do wc -l "$f"; done',
  'mkdir -p a/b && cp -r x a/b',
  'PORT=3000 node server.js & sleep 1; curl -s http://127.0.0.1:3000/; kill %1',
  'python3 - <<E\nprint(1)\nE',
  'bash -c "npm test 2>&1 | tail -5"',
  'echo "git push --force is denied" > notes.md',
  'grep "git rebase" docs -r',
  "git commit -m '👩‍💻 Add ✔️ and naïve'",
  'tar -czf out.tgz dist',
  'docker ps',
  'diff <(sort a) <(sort b)',
  'xargs -n1 echo < list',
  'git reset HEAD src/a.ts',
  'git clean -n',
  'git restore --staged .',
  'chmod +x run.sh',
  'env NODE_ENV=test npm test',
]
test.each(everyday)('allowed without a question: %s', async (command) => {
  expect(await decide([], command)).toBe('allow builtin:sandboxed-command')
})

test.each([
  ['rm -rf .', 'deny builtin:delete-workspace'],
  ['rm -rf ./', 'deny builtin:delete-workspace'],
  ['rm -fr *', 'deny builtin:delete-workspace'],
  ['cd src; rm -r -f "$PWD"', 'deny builtin:delete-workspace'],
  [`rm -rf ${workspace}`, 'deny builtin:delete-workspace'],
  [`rm -rf ${workspace}/*`, 'deny builtin:delete-workspace'],
  ['rm -rf ..', 'deny builtin:delete-workspace'],
  ['rm --recursive /', 'deny builtin:delete-workspace'],
  ['sudo rm -rf .', 'deny builtin:delete-workspace'],
  ['bash -c "rm -rf ."', 'deny builtin:delete-workspace'],
  ['sh -ec "cd src && sh -c \'rm -rf ..\'"', 'deny builtin:delete-workspace'],
  ['echo $(rm -rf .)', 'deny builtin:delete-workspace'],
  ['/bin/rm -rf .', 'deny builtin:delete-workspace'],
  ['find . -delete', 'deny builtin:delete-workspace'],
  ['ls \u202e', 'deny builtin:disguised-command'],
  ['ls\rrm x', 'deny builtin:disguised-command'],
  ['git push --force origin main', 'ask builtin:rewrite-history'],
  ['git push origin main -f', 'ask builtin:rewrite-history'],
  ['git -c a=b rebase -i HEAD~3', 'ask builtin:rewrite-history'],
  ['git commit -a --amend', 'ask builtin:rewrite-history'],
  ['timeout 5 git reset --hard HEAD', 'ask builtin:discard-work'],
  ['git clean -fdx', 'ask builtin:discard-work'],
  ['git checkout .', 'ask builtin:discard-work'],
])('%s: %s', async (command, expected) => {
  expect(await decide([], command)).toBe(expected)
})

test('what cannot be read is asked about', async () => {
  expect(await decide([], `echo ${'a'.repeat(300_000)}; git push -f`)).toBe('ask builtin:unreadable')
  expect(await decide([], `echo ${'a'.repeat(100_000)}; git push -f`)).toBe('ask builtin:rewrite-history')
})

describe('layers', () => {
  test('deny beats ask beats allow inside a file', async () => {
    const file = layer('user', {
      rules: [rule('allow', 'npm ...'), rule('ask', 'npm publish'), rule('deny', 'npm publish --force')],
    })
    expect(await decide([file], 'npm test')).toBe('allow user:allow-it')
    expect(await decide([file], 'npm publish')).toBe('ask user:ask-it')
    expect(await decide([file], 'npm publish --force')).toBe('deny user:deny-it')
    expect(await decide([file], 'npm test && npm publish --force')).toBe('deny user:deny-it')
  })
  test('a stronger file overrules a weaker one, which can still be stricter', async () => {
    const managed = layer('managed', { rules: [rule('allow', 'git rebase ...'), rule('deny', 'curl')] })
    const user = layer('user', { rules: [rule('allow', 'curl ...'), rule('deny', 'git rebase --onto')] })
    expect(await decide([managed, user], 'git rebase main')).toBe('allow managed:allow-it')
    expect(await decide([managed, user], 'git rebase --onto a')).toBe('deny user:deny-it')
    expect(await decide([managed, user], 'curl x')).toBe('deny managed:deny-it')
    expect(await decide([user], 'curl x')).toBe('allow user:allow-it')
  })
  test('a project can only narrow', async () => {
    expect(() => layer('project', { rules: [rule('allow', 'x')] })).toThrow(GuardError)
    expect(() => layer('project', { defaults: { exec: 'allow' } })).toThrow('can only deny and ask')
    expect(await decide([layer('project', { rules: [rule('deny', 'make')] })], 'make all')).toBe(
      'deny project:deny-it',
    )
  })
  test('with a default, only what is allowed by name and certain goes through', async () => {
    const file = layer('managed', {
      defaults: { exec: 'ask' },
      rules: [rule('allow', 'git status'), rule('allow', 'ls ...', 'list'), rule('allow', 'wc -l', 'count')],
    })
    for (const line of ['git status', 'ls -la src', 'ls src | wc -l', 'git status; ls'])
      expect(await decide([file], line)).toMatch(/^allow managed:/u)
    for (const line of [
      'git status -s',
      'ls; rm x',
      'ls $(rm x)',
      'ls > f',
      'A=1 ls',
      'l""s',
      'ls &',
      'env ls',
      'ls ../x',
      'ls *',
    ])
      expect(await decide([file], line)).toBe('ask managed:default')
  })
  test('what is risky about a command has to stand in the rule', async () => {
    const names = [
      'env ...',
      'git ...',
      'npx vitest ...',
      'cat ...',
      'cat /etc/hostname',
      'find ...',
      'git branch -D old',
    ]
    const file = layer('user', {
      defaults: { exec: 'ask' },
      rules: names.map((command, index) => rule('allow', command, `r${index}`)),
    })
    for (const line of [
      'npx vitest run',
      'cat a',
      'cat /etc/hostname',
      'git log',
      'git branch -D old',
      'find . -name a',
    ])
      expect(await decide([file], line)).toMatch(/^allow user/u)
    for (const line of [
      'env rm x',
      'npx other',
      'cat /etc/passwd',
      'git -c a=b log',
      'git branch -D main',
      'find . -exec rm x',
      'cat .env',
    ])
      expect(await decide([file], line)).toBe('ask user:default')
  })
  test('the hash changes with every rule', () => {
    const hash = (...layers: PolicyLayer[]) => createPolicy(layers, { workspace, now: () => 0 }).sha256
    expect(hash(builtinLayer)).not.toBe(hash(layer('user', { rules: [] }), builtinLayer))
  })
})

test('paths: protected files ask or are denied, others are allowed, globs narrow', async () => {
  const file = layer('project', {
    rules: [{ id: 'frozen', effect: 'deny', path: ['vendor/**', '*.lock'], reason: 'generated' }],
  })
  const policy = createPolicy([file, builtinLayer], { workspace, now: () => 0 })
  const of = async (...paths: string[]) => {
    const { decision, rule } = await policy.decide({ tool: 'edit', effect: 'write', paths })
    return `${decision} ${rule}`
  }
  expect(await of('src/a.ts')).toBe('allow builtin:workspace-file')
  expect(await of('src/a.ts', 'vendor/x/y.c')).toBe('deny project:frozen')
  expect(await of('src/../vendor/x')).toBe('deny project:frozen')
  expect(await of(`${workspace}/deep/yarn.lock`)).toBe('deny project:frozen')
  expect(await of('AGENTS.md')).toBe('ask builtin:protected-file')
  expect(await of('.git/hooks/x')).toBe('deny builtin:protected-file')
  expect(await of('../other')).toBe('deny builtin:protected-file')
})

describe('files', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-policy-'))
    mkdirSync(join(folder, 'etc'), { mode: 0o755 })
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const own = process.getuid?.() ?? 0
  const files = () => ({
    managed: join(folder, 'etc/policy.json'),
    user: join(folder, 'user.json'),
    project: join(folder, 'project.json'),
  })
  const good = JSON.stringify({ version: 1, rules: [rule('deny', 'x')] })
  const put = (text = good, mode = 0o644) => {
    writeFileSync(files().managed, text)
    chmodSync(files().managed, mode)
  }
  const fails = (text: string) =>
    expect(() => loadPolicy(files(), own)).toThrow(
      expect.objectContaining({ code: 'bad-policy', message: expect.stringContaining(text) }),
    )

  test('absent ones are fine, and a good one is the strongest', () => {
    expect(loadPolicy(files(), own).map(({ name }) => name)).toEqual(['builtin'])
    put()
    writeFileSync(files().project, good)
    expect(loadPolicy(files(), own).map(({ name }) => name)).toEqual(['managed', 'project', 'builtin'])
  })
  test('one that others may write, that is a link, or that belongs to somebody else, is refused', () => {
    put(good, 0o664)
    fails('can be written by others (mode 664)')
    put(good, 0o646)
    fails('can be written by others')
    put()
    chmodSync(join(folder, 'etc'), 0o777)
    fails('can be written by others (mode 777)')
    chmodSync(join(folder, 'etc'), 0o755)
    expect(() => loadPolicy(files(), own + 1)).toThrow(`belongs to user ${own}`)
    if (own === 0) {
      chownSync(files().managed, 65_534, 65_534)
      fails('belongs to user 65534')
    }
    rmSync(files().managed)
    writeFileSync(join(folder, 'elsewhere'), good)
    symlinkSync(join(folder, 'elsewhere'), files().managed)
    fails('ELOOP')
    rmSync(files().managed)
    mkdirSync(files().managed)
    fails('is not a file')
  })
  test.each([
    ['{', 'not valid JSON'],
    ['[]', 'not an object'],
    ['{"version":2}', '"version" is not 1'],
    ['{"version":1,"rule":[]}', 'the file has "rule"'],
    ['{"version":1,"rules":[{"id":"a","effect":"permit","reason":"x"}]}', '"effect" is none of'],
    ['{"version":1,"rules":[{"id":"A b","effect":"deny","reason":"x"}]}', 'needs an "id"'],
    ['{"version":1,"rules":[{"id":"a","effect":"deny"}]}', 'needs a "reason"'],
    ['{"version":1,"rules":[{"id":"a","effect":"deny","reason":"x","comand":["rm"]}]}', 'has "comand"'],
    ['{"version":1,"rules":[{"id":"a","effect":"deny","reason":"x","command":"rm"}]}', 'is not a list'],
    [
      '{"version":1,"rules":[{"id":"a","effect":"deny","reason":"x"},{"id":"a","effect":"ask","reason":"x"}]}',
      'two rules have the id a',
    ],
    ['{"version":1,"defaults":{"exec":"no"}}', '"exec" is none of'],
  ])('%s: %s', (text, message) => {
    put(text)
    fails(message)
  })
})

test.each([
  ['git push ... --force', ['git', 'push', 'a', 'b', '--force'], 'beginning', true],
  ['git push', ['git', 'push', 'x'], 'beginning', true],
  ['git push', ['git', 'push', 'x'], 'whole', false],
  ['git log ...', ['git', 'log'], 'whole', true],
  ['npm run *', ['npm', 'run', 'build'], 'whole', true],
  ['npm run t*t', ['npm', 'run', 'test'], 'whole', true],
  ['npm run *', ['npm', 'run', null], 'whole', false],
  ['rm *', ['rm', null], 'beginning', true],
] as const)('pattern %s and %j (%s): %s', (pattern, argv, how, expected) => {
  expect(matchArgv(pattern, argv, how)).toBe(expected)
})

test('words, globs and hosts', () => {
  expect(matchWord('a*c', 'a.+c')).toBe(true)
  expect(matchWord('a.c', 'abc')).toBe(false)
  expect([
    matchPath('src/*.ts', 'src/a.ts'),
    matchPath('src/*.ts', 'src/x/a.ts'),
    matchPath('src/**', 'src/x/a.ts'),
    matchPath('*.md', 'docs/a.md'),
    matchPath('**/x/*', 'a/b/x/c'),
  ]).toEqual([true, false, true, true, true])
  expect([
    matchHost('*.example.org', 'a.example.org'),
    matchHost('*.example.org', 'example.org'),
    matchHost('Example.org', 'example.org.'),
    matchHost('*.example.org', 'evilexample.org'),
  ]).toEqual([true, false, true, false])
})
