import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSandbox } from './create-sandbox.ts'
import { findTool } from './find-tool.ts'
import { probeSandbox } from './probe-sandbox.ts'

let root: string
let workspace: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'probe-'))
  workspace = join(root, 'ws')
  mkdirSync(workspace)
  mkdirSync(join(root, 'data'))
  execFileSync('git', ['init', '-q'], { cwd: workspace })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('all attempts fail in a real sandbox, and nothing is left behind', async () => {
  const sandbox = createSandbox({
    workspace,
    home: join(root, 'home'),
    env: process.env,
    dataDir: join(root, 'data'),
  })
  const report = await sandbox.probe()
  expect(report.checks.filter(({ held }) => !held)).toEqual([])
  expect(report.checks.length).toBeGreaterThanOrEqual(12)
  expect(report.level).toBe('full')
  expect(await sandbox.probe()).toBe(report)
  await sandbox.close()
  expect(readdirSync(workspace)).toEqual(['.git'])
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: workspace, encoding: 'utf8' })).toBe('')
})

test('the boundary holds in a linked worktree, where .git is a file', async () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e', ...args], { cwd: workspace })
  git('commit', '-q', '--allow-empty', '-m', 'first')
  git('worktree', 'add', '-q', '--detach', join(root, 'linked'))
  const sandbox = createSandbox({
    workspace: join(root, 'linked'),
    home: join(root, 'home'),
    env: process.env,
    dataDir: join(root, 'data'),
  })
  expect((await sandbox.probe()).checks.filter(({ held }) => !held)).toEqual([])
  await sandbox.close()
})

test('without a filter the level is partial, and says why', async () => {
  const find = findTool([])
  const sandbox = createSandbox({
    workspace,
    home: join(root, 'home'),
    env: process.env,
    dataDir: join(root, 'data'),
    find: (name) => (name === 'bwrap' || name === 'perl' ? null : find(name)),
  })
  const { level, hint } = await sandbox.probe()
  await sandbox.close()
  expect(level).toBe('partial')
  expect(hint).toMatch(/syscall-filter/u)
})

test('a boundary that is none is found out, and what the attempts did is undone', async () => {
  const config = readFileSync(join(workspace, '.git/config'), 'utf8')
  const report = await probeSandbox({
    launch: ({ argv, cwd, env }) => ({
      file: argv[0] ?? '',
      args: argv.slice(1),
      // Only folders of the test are written to: the rest is left out of the attempt.
      env: { PATH: '/usr/bin:/bin', ...env, OUTSIDE: root },
      cwd,
      fds: [],
      view: '',
    }),
    prepare: async () => undefined,
    backend: () => ({ name: 'bubblewrap', weaker: [], command: () => ({ file: '', args: [], fds: [] }) }),
    workspace,
    home: join(root, 'home'),
    dataDir: join(root, 'data'),
    withheld: [],
    unpinned: () => [],
    session: () => null,
  })
  const broken = report.checks.filter(({ held }) => !held).map(({ name }) => name)
  for (const name of [
    'write-outside',
    'git-hooks',
    'git-config',
    'git-renamed',
    'read-secret',
    'kill-host',
    'network',
    'unix-socket',
    'syscall-filter',
  ]) {
    expect(broken).toContain(name)
  }
  expect(report.level).toBe('none')
  expect(readdirSync(root).sort()).toEqual(['data', 'ws'])
  expect(readFileSync(join(workspace, '.git/config'), 'utf8')).toBe(config)
})
