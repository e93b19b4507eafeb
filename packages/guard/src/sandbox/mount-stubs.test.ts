import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mountStubs } from './mount-stubs.ts'

let root: string
let data: string
let workspace: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stubs-'))
  data = join(root, 'data')
  workspace = join(root, 'ws')
  mkdirSync(join(workspace, '.git'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const paths = () => [`${workspace}/.claude/`, `${workspace}/.git/commondir`]
/** A process number that is free: that of a process which has just ended. */
const deadPid = () => spawnSync('/bin/true').pid

test('close removes what was created and nothing else', () => {
  mkdirSync(join(workspace, '.vscode'))
  const stubs = mountStubs(data, workspace, process.pid)
  expect(stubs.ensure([...paths(), `${workspace}/.vscode/`])).toEqual(new Set())
  expect(readdirSync(workspace).sort()).toEqual(['.claude', '.git', '.vscode'])
  expect(readFileSync(join(workspace, '.git/commondir'), 'utf8')).toBe('.\n')
  stubs.close()
  expect(readdirSync(workspace).sort()).toEqual(['.git', '.vscode'])
  expect(readdirSync(join(workspace, '.git'))).toEqual([])
  expect(readdirSync(join(data, 'stubs'))).toEqual([])
})

test('what a crashed process left is removed by the next start', () => {
  mountStubs(data, workspace, deadPid()).ensure(paths())
  expect(existsSync(join(workspace, '.claude'))).toBe(true)
  mountStubs(data, workspace, process.pid).close()
  expect(readdirSync(workspace)).toEqual(['.git'])
})

test('a stub that its owner has filled stays', () => {
  const stubs = mountStubs(data, workspace, process.pid)
  stubs.ensure(paths())
  writeFileSync(join(workspace, '.claude/settings.json'), '{}')
  writeFileSync(join(workspace, '.git/commondir'), '../other\n')
  stubs.close()
  expect(existsSync(join(workspace, '.claude/settings.json'))).toBe(true)
  expect(existsSync(join(workspace, '.git/commondir'))).toBe(true)
})

test('with two sandboxes in one workspace the last one clears up', () => {
  const first = mountStubs(data, workspace, process.pid)
  const second = mountStubs(data, workspace, process.pid)
  first.ensure(paths())
  second.ensure(paths())
  first.close()
  expect(existsSync(join(workspace, '.claude'))).toBe(true)
  second.close()
  expect(existsSync(join(workspace, '.claude'))).toBe(false)
})

test('a name that cannot be created is reported', () => {
  const stubs = mountStubs(data, workspace, process.pid)
  expect(stubs.ensure([`${workspace}/missing/.claude/`])).toEqual(new Set([`${workspace}/missing/.claude/`]))
  stubs.close()
})
