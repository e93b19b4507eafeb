import { array, assert, constantFrom, property } from 'fast-check'
import { expect, test } from 'vitest'
import { isProtected } from './is-protected.ts'
import { workspaceNames } from './protect-list.ts'

test.each([
  ['.git', 'deny'],
  ['.git/hooks/pre-commit', 'deny'],
  ['vendor/lib/.git/config', 'deny'],
  ['.GIT/config', 'deny'],
  ['.g\u200Cit/config', 'deny'],
  ['.git./config', 'deny'],
  ['.git::$INDEX_ALLOCATION/config', 'deny'],
  ['git~1/config', 'deny'],
  ['src/../.git/config', 'deny'],
  ['.\\.git\\config', 'deny'],
  ['../outside', 'deny'],
  ['a/../../outside', 'deny'],
  ['.mcp.json', 'deny'],
  ['.cUrSoR/mcp.json', 'deny'],
  ['.claude/settings.json', 'deny'],
  ['packages/a/.claude/settings.json', 'deny'],
  ['.cairn/policy.json', 'deny'],
  ['.husky/pre-commit', 'deny'],
  ['AGENTS.md', 'ask'],
  ['packages/a/CLAUDE.md', 'ask'],
  ['.github/workflows/ci.yml', 'ask'],
  ['.vscode/tasks.json', 'ask'],
  ['.npmrc', 'ask'],
])('%s: %s', (path, decision) => {
  expect(isProtected(path)?.decision).toBe(decision)
})

test.each([
  'src/a.ts',
  '.github/dependabot.yml',
  '.gitignore',
  'git/config',
  'docs/AGENTS.md.txt',
  'workflows/a',
  'a..b',
  '...',
  '',
])('%s is free', (path) => {
  expect(isProtected(path)).toBeNull()
})

test('no way of writing a protected name gets past: case, dots at the end, detours, ignorable characters', () => {
  const name = constantFrom(
    '.git',
    ...workspaceNames.filter(({ path }) => !path.includes('/')).map(({ path }) => path),
  )
  const disguise = array(constantFrom('upper', 'dot', 'blank', 'invisible', 'here', 'detour', 'below'), {
    maxLength: 6,
  })
  assert(
    property(name, disguise, (plain, steps) => {
      let path = plain
      for (const step of steps) {
        if (step === 'upper') path = path.toUpperCase()
        if (step === 'dot') path = `${path}.`
        if (step === 'blank') path = `${path} `
        if (step === 'invisible') path = `${path.slice(0, 2)}\u200D${path.slice(2)}`
        if (step === 'here') path = `./${path}`
        if (step === 'detour') path = `x/../${path}`
        if (step === 'below') path = `x/${path}`
      }
      expect(isProtected(path)).not.toBeNull()
    }),
  )
})
