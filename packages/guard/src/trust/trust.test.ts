import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { listShipped, readShipped } from './shipped.ts'
import { openTrust } from './trust.ts'

const made: string[] = []
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})
const temp = () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-trust-'))
  made.push(folder)
  return folder
}
const bytes = (text: string) => Buffer.from(text)

test('trust is for the very bytes, kind, path and repository, and can be taken back', () => {
  const file = join(temp(), 'data', 'trust.json')
  const trust = openTrust(file, '/repo')
  expect(trust.isTrusted('hooks', 'a', bytes('x'))).toBe(false)
  trust.approve('hooks', 'a', bytes('x'), 'local:ann', 1)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(trust.isTrusted('hooks', 'a', bytes('x'))).toBe(true)
  expect(trust.isTrusted('hooks', 'a', bytes('y'))).toBe(false)
  expect(trust.isTrusted('mcp', 'a', bytes('x'))).toBe(false)
  expect(trust.isTrusted('hooks', 'b', bytes('x'))).toBe(false)
  expect(openTrust(file, '/other').isTrusted('hooks', 'a', bytes('x'))).toBe(false)
  trust.approve('hooks', 'a', bytes('y'), 'local:ann', 2)
  expect(trust.isTrusted('hooks', 'a', bytes('x'))).toBe(false)
  expect(trust.revoke('a')).toBe(1)
  expect(trust.isTrusted('hooks', 'a', bytes('y'))).toBe(false)
})

test('a list that is damaged, or that others can write, trusts nothing', () => {
  const file = join(temp(), 'trust.json')
  const trust = openTrust(file, '/repo')
  trust.approve('hooks', 'a', bytes('x'), 'local:ann', 1)
  chmodSync(file, 0o666)
  expect(() => trust.isTrusted('hooks', 'a', bytes('x'))).toThrow(/written by others/u)
  chmodSync(file, 0o600)
  writeFileSync(file, '{"entries":[{"kind":"hooks"}]}')
  expect(() => trust.isTrusted('hooks', 'a', bytes('x'))).toThrow(/entry that is none/u)
})

test('what a repository ships is found, a folder counts with every file in it, links count as nothing', () => {
  const repository = temp()
  mkdirSync(join(repository, '.cairn/skills/one/scripts'), { recursive: true })
  writeFileSync(join(repository, '.cairn/skills/one/SKILL.md'), 'do')
  writeFileSync(join(repository, '.cairn/skills/one/scripts/a.sh'), 'echo')
  writeFileSync(join(repository, '.mcp.json'), '{}')
  symlinkSync('/etc/passwd', join(repository, 'AGENTS.md'))
  expect(listShipped(repository)).toEqual([
    { kind: 'mcp', path: '.mcp.json' },
    { kind: 'skill', path: '.cairn/skills/one' },
  ])
  const before = readShipped(repository, '.cairn/skills/one')
  expect(before?.toString()).toContain('=== "scripts/a.sh" 4\necho')
  writeFileSync(join(repository, '.cairn/skills/one/scripts/a.sh'), 'evil')
  expect(readShipped(repository, '.cairn/skills/one')).not.toEqual(before)
  symlinkSync('/etc/passwd', join(repository, '.cairn/skills/one/link'))
  expect(readShipped(repository, '.cairn/skills/one')).toBeNull()
  expect(readShipped(repository, '../x')).toBeNull()
})
