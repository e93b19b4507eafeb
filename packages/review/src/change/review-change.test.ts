import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { ChangeRequest } from './read-change.ts'
import { reviewChange } from './review-change.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

type Files = Record<string, string | null>

function makeRepository(files: Files) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-change-')))
  folders.push(root)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@localhost', ...args], {
      cwd: root,
      encoding: 'utf8',
    })
  const write = (some: Files) => {
    for (const [path, text] of Object.entries(some)) {
      const full = join(root, path)
      if (text === null) rmSync(full)
      else {
        mkdirSync(dirname(full), { recursive: true })
        writeFileSync(full, text)
      }
    }
  }
  git('init', '-q')
  write(files)
  git('add', '-A')
  git('commit', '-qm', 'base', '--allow-empty')
  const review = (request: ChangeRequest = { of: 'working-tree' }) =>
    reviewChange(root, request, '2026-01-01')
  return { root, git, write, review }
}

/** Rules and places that a change from `base` by `change` is told about. */
async function found(base: Files, change: Files): Promise<string[]> {
  const { write, review } = makeRepository(base)
  write(change)
  return (await review()).findings.map(
    (one) => `${one.severity} ${one.rule} ${one.place.file}:${one.place.line}`,
  )
}

const server = (body: string) =>
  `const { exec } = require('child_process')\nconst app = require('express')()\napp.get('/', (req, res) => {\n${body}\n})\n`

test('a flow that the change brings is found; one that was there, also under another name, is not', async () => {
  const bad = server("  exec('ls ' + req.query.dir)")
  const good = server("  res.send('ok')")
  expect(await found({ 'a.js': good }, { 'a.js': bad })).toEqual(['critical command-injection a.js:4'])
  expect(await found({ 'a.js': bad }, { 'a.js': `// moved\n\n${bad}` })).toEqual([])
  expect(await found({ 'a.js': bad }, { 'a.js': null, 'b/c.js': bad })).toEqual([])
  expect(
    await found(
      { 'a.js': good },
      {
        'a.js': server("  // cairn-ignore command-injection owner=ann: known\n  exec('ls ' + req.query.dir)"),
      },
    ),
  ).toEqual(['low suppression-added a.js:4'])
})

test('an old flow is told again where the change touches its way', async () => {
  const way = (middle: string) => server(`  const dir = req.query.dir\n  const all = ${middle}\n  exec(all)`)
  expect(await found({ 'a.js': way("'ls ' + dir") }, { 'a.js': way("'ls -l ' + dir") })).toEqual([
    'critical command-injection a.js:6',
  ])
})

test('a secret in a new line is found in any text, without its value; an old one is not', async () => {
  const key = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_')
  const { write, review } = makeRepository({ 'notes.txt': 'one\n' })
  write({ 'notes.txt': `one\ntoken ${key}\n` })
  const result = await review()
  expect(result.findings.map((one) => `${one.severity} ${one.rule} ${one.place.line}`)).toEqual([
    'high added-secret 2',
  ])
  expect(JSON.stringify(result)).not.toContain(key)
  expect(await found({ 'notes.txt': `token ${key}\n` }, { 'notes.txt': `token ${key}\ntwo\n` })).toEqual([])
})

test('a lost export is medium where others load the file, low where none does, and none where it moved', async () => {
  const base = { 'a.ts': 'export function f(x: number) {}\nexport const g = 1\n' }
  const user = { 'b.ts': "import { f } from './a.js'\nf(1)\n" }
  expect(
    await found({ ...base, ...user }, { 'a.ts': 'export function f(x: string) {}\nexport const g = 1\n' }),
  ).toEqual(['medium api-break a.ts:1'])
  expect(await found(base, { 'a.ts': 'export function f(x: number) {}\n' })).toEqual(['low api-break a.ts:1'])
  expect(
    await found(base, { 'a.ts': 'export const g = 1\n', 'c.ts': 'export function f(x: number) {}\n' }),
  ).toEqual([])
  expect(await found({ ...base, ...user }, { 'a.ts': `${base['a.ts']}export const h = 2\n` })).toEqual([])
})

test('changed sources that no test reaches are one finding', async () => {
  const base = {
    'src/a.ts': 'export const a = 1\n',
    'src/b.ts': 'export const b = 1\n',
    'src/c.ts': 'export const c = 1\n',
    'src/a.test.ts': "import { b } from './b.js'\n",
    'm/deep.py': 'x = 1\n',
    'tests/test_all.py': 'from m import deep\n',
  }
  expect(
    await found(base, {
      'src/a.ts': 'export const a = 2\n',
      'src/b.ts': 'export const b = 2\n',
      'm/deep.py': 'x = 2\n',
    }),
  ).toEqual([])
  expect(await found(base, { 'src/c.ts': 'export const c = 2\n', 'src/d.ts': 'const d = 3\n' })).toEqual([
    'low untested-change src/c.ts:1',
  ])
  expect(await found(base, { 'src/c.ts': '// said\nexport const c = 1\n' })).toEqual([])
  expect(await found({ 'c.ts': 'const c = 1\n' }, { 'c.ts': 'const c = 2\n' })).toEqual([])
})

const long = (name: string) => `function ${name}(list, limit) {
  const seen = new Map()
  for (const item of list) {
    const key = item.name.trim().toLowerCase()
    if (seen.has(key) && seen.get(key).size > limit) continue
    const total = item.price * item.count + item.shipping
    seen.set(key, { total, size: item.parts.length, at: Date.now() })
    if (total > limit) console.log('over', key, total)
  }
  return [...seen.values()].filter((one) => one.total > 0).sort((a, b) => a.total - b.total)
}
`

test('added code that repeats what is there is found; moved and short code is not', async () => {
  expect(await found({ 'a.js': long('one') }, { 'b.js': `${long('two')}` })).toEqual([
    'low duplicate-code b.js:1',
  ])
  expect(
    await found({ 'a.js': long('one') }, { 'a.js': null, 'c.js': `const x = 1\n${long('one')}` }),
  ).toEqual([])
  expect(
    await found(
      { 'a.js': long('one') },
      { 'b.js': 'function two(list, limit) {\n  const seen = new Map()\n}\n' },
    ),
  ).toEqual([])
})

test('a function that became much more complex is found in JavaScript and Python', async () => {
  const js = (n: number) => `function f(x) {\n${'  if (x > 1 && x < 9) x++\n'.repeat(n)}}\n`
  const py = (n: number) =>
    `class A:\n    def f(self, x):\n${'        if x > 1 and x < 9:\n            x += 1\n'.repeat(n)}        return x\n`
  expect(await found({ 'a.js': js(4), 'a.py': py(4) }, { 'a.js': js(9), 'a.py': py(9) })).toEqual([
    'low complexity-jump a.js:1',
    'low complexity-jump a.py:2',
  ])
  expect(await found({ 'a.js': js(9) }, { 'a.js': js(10) })).toEqual([])
})

test('manifests: sources outside the registry, loose ranges, scripts of installation, new names', async () => {
  const manifest = (dependencies: object, scripts: object = {}) =>
    `${JSON.stringify({ name: 'n', dependencies, scripts }, null, 1)}\n`
  const base = { 'package.json': manifest({ a: '^1.0.0', b: '2.0.0' }) }
  expect(
    await found(base, {
      'package.json': manifest(
        { a: '*', b: 'git+https://example.test/b.git', c: '1.0.0' },
        { postinstall: 'node x.js', test: 'x' },
      ),
    }),
  ).toEqual([
    'high dependency-source package.json:5',
    'high install-script package.json:9',
    'medium dependency-range package.json:4',
    'low new-dependency package.json:6',
  ])
  expect(await found(base, { 'package.json': manifest({ a: '^1.2.0', b: '2.0.1' }) })).toEqual([])
  expect(
    await found(
      { 'requirements.txt': 'flask==3.0\n' },
      { 'requirements.txt': 'flask>=3.0\nrequests==2.0\n' },
    ),
  ).toEqual(['medium dependency-range requirements.txt:1', 'low new-dependency requirements.txt:2'])
  expect(
    await found(
      { 'Cargo.toml': '[dependencies]\na = "1"\n' },
      { 'Cargo.toml': '[dependencies]\na = { git = "https://example.test/a" }\n' },
    ),
  ).toEqual(['high dependency-source Cargo.toml:2'])
})

test('what is left behind: conflicts, debuggers, focused and skipped tests, hidden text', async () => {
  const spec = "import { test } from 'x'\ntest('a', () => {})\n"
  expect(await found({ 'a.test.js': spec }, { 'a.test.js': spec.replace('test(', 'test.only(') })).toEqual([
    'high focused-test a.test.js:2',
  ])
  expect(await found({ 'a.test.js': spec }, { 'a.test.js': spec.replace('test(', 'test.skip(') })).toEqual([
    'medium skipped-test a.test.js:2',
  ])
  expect(
    await found(
      { 'test_a.py': 'def test_a(): pass\n' },
      { 'test_a.py': '@pytest.mark.skip\ndef test_a(): pass\n' },
    ),
  ).toEqual(['medium skipped-test test_a.py:1'])
  expect(
    await found(
      { 'a.js': 'go()\n' },
      { 'a.js': 'debugger\ngo() // debugger\nsay("debugger; test.only(")\n' },
    ),
  ).toEqual(['medium debugger-left a.js:1'])
  expect(
    await found({ 'a.txt': 'x\n' }, { 'a.txt': '<<<<<<< ours\nx\n=======\ny\n>>>>>>> theirs\n' }),
  ).toEqual(['high conflict-marker a.txt:1'])
  expect(await found({ 'a.txt': 'x\n' }, { 'a.txt': 'Title\n=======\nx\n' })).toEqual([])
  expect(await found({ 'a.js': 'go()\n' }, { 'a.js': 'go() // \u202e }\n' })).toEqual([
    'high hidden-text a.js:1',
  ])
})

test('assertions that go are found; those that move are not', async () => {
  const spec = (n: number) => `test('a', () => {\n${'  expect(f()).toBe(1)\n'.repeat(n)}})\n`
  expect(await found({ 'a.test.js': spec(3) }, { 'a.test.js': spec(1) })).toEqual([
    'medium deleted-assertions a.test.js:2',
  ])
  expect(await found({ 'a.test.js': spec(3) }, { 'a.test.js': null })).toEqual([
    'medium deleted-assertions a.test.js:1',
  ])
  expect(await found({ 'a.test.js': spec(3) }, { 'a.test.js': spec(1), 'b.test.js': spec(2) })).toEqual([])
})

test('files: programs, large and built ones, modes, links', async () => {
  const { root, write, review } = makeRepository({ 'run.txt': 'x\n' })
  write({
    'x.so': '\0\u0001',
    'big.txt': 'line\n'.repeat(300_000),
    'node_modules/a/i.js': 'x\n',
    'node_modules/a/j.js': 'x\n',
    'go.sh': '#!/bin/sh\n',
  })
  chmodSync(join(root, 'run.txt'), 0o755)
  chmodSync(join(root, 'go.sh'), 0o755)
  symlinkSync('../../etc/passwd', join(root, 'out'))
  symlinkSync('run.txt', join(root, 'in'))
  expect((await review()).findings.map((one) => `${one.severity} ${one.rule} ${one.place.file}`)).toEqual([
    'medium link-outside out',
    'medium binary-added x.so',
    'low huge-file big.txt',
    'low generated-file node_modules/a/i.js',
    'low executable-mode run.txt',
  ])
})

test('a move alone says nothing, whatever the files hold', async () => {
  const { root, git, review } = makeRepository({
    'src/a.js': server("  exec('ls ' + req.query.dir)"),
    'src/b.ts': 'export function f() {}\ndebugger\n',
    'src/c.test.js': "test.skip('a', () => { expect(1) })\n",
  })
  renameSync(join(root, 'src'), join(root, 'lib'))
  expect((await review()).findings).toEqual([])
  git('add', '-A')
  expect(await review({ of: 'staged' })).toMatchObject({ findings: [], looked: { files: 3 } })
})

test('ranges, the index, patches and the first commit are read, and the repository stays as it is', async () => {
  const { root, git, write, review } = makeRepository({ 'a.js': 'go()\n', '.gitattributes': '*.js binary\n' })
  const names = async (request: ChangeRequest) => (await review(request)).findings.map((one) => one.rule)
  write({ 'a.js': 'go()\ndebugger\n' })
  const patch = execFileSync('git', ['diff', '--text', '--no-ext-diff'], { cwd: root })
  write({ 'new.js': 'debugger\n' })
  const state = () => [
    readFileSync(join(root, '.git/index')).toString('hex'),
    readdirSync(join(root, '.git/objects')).join(),
    git('status', '--porcelain'),
  ]
  git('status')
  const before = state()
  expect(await names({ of: 'working-tree' })).toEqual(['debugger-left', 'debugger-left'])
  expect(await names({ of: 'staged' })).toEqual([])
  expect(await names({ of: 'patch', patch })).toEqual(['debugger-left'])
  expect(await names({ of: 'range', range: 'HEAD' })).toEqual([])
  expect(state()).toEqual(before)
  git('checkout', '-qb', 'side')
  git('commit', '-qam', 'second')
  expect(await names({ of: 'range', range: 'HEAD~1..HEAD' })).toEqual(['debugger-left'])
  expect(await names({ of: 'range', range: 'HEAD~1...' })).toEqual(['debugger-left'])
  await expect(names({ of: 'range', range: 'nothing..HEAD' })).rejects.toMatchObject({
    code: 'bad-repository',
  })
  await expect(names({ of: 'range', range: '--output=x' })).rejects.toMatchObject({ code: 'bad-repository' })
  await expect(names({ of: 'patch', patch: Buffer.from('none') })).rejects.toMatchObject({
    code: 'bad-repository',
  })
})

test('names of findings stay when lines move', async () => {
  const { write, review } = makeRepository({ 'a.js': 'go()\n' })
  write({ 'a.js': 'debugger\ngo()\n' })
  const first = (await review()).findings.map((one) => one.fingerprint)
  write({ 'a.js': '\n\n\ndebugger\ngo()\n' })
  expect((await review()).findings.map((one) => one.fingerprint)).toEqual(first)
  expect(first).toHaveLength(1)
})
