import { describe, expect, it } from 'vitest'
import { discoverChecks } from './discover-checks.ts'
import { createProject } from './testing/project.ts'

const commands = (files: Record<string, string>): string[] => {
  using project = createProject(files)
  return discoverChecks(project.root).map((check) => `${check.kind}: ${check.command}`)
}

describe('discoverChecks', () => {
  it('takes the scripts of package.json, tests first', () => {
    const scripts = { lint: 'x', build: 'y', typecheck: 'tsc', test: 'node --test' }
    expect(commands({ 'package.json': JSON.stringify({ scripts }) })).toEqual([
      'test: npm test',
      'types: npm run typecheck',
      'lint: npm run lint',
      'build: npm run build',
    ])
  })

  it('does not take the placeholder of npm init for a check', () => {
    const scripts = { test: 'echo "Error: no test specified" && exit 1' }
    expect(commands({ 'package.json': JSON.stringify({ scripts }) })).toEqual([])
  })

  it('uses the runner of Node where test files stand without a script', () => {
    expect(commands({ 'src/a.js': '', 'test/a.test.js': "import 'node:test'" })).toEqual([
      'test: node --test',
    ])
    expect(commands({ 'test.js': "require('assert')" })).toEqual(['test: node test.js'])
  })

  it('knows other languages by their files', () => {
    expect(commands({ Makefile: 'test:\n\techo' })).toEqual(['test: make test'])
    expect(commands({ 'Cargo.toml': '' })).toEqual(['test: cargo test'])
    expect(commands({ 'go.mod': '' })).toEqual(['test: go test ./...'])
    expect(commands({ 'tests/test_a.py': '' })).toEqual(['test: python3 -m pytest -q'])
    expect(commands({})).toEqual([])
  })
})
