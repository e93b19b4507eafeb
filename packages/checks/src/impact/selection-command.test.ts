import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { selectionCommand } from './selection-command.ts'

const local = 'PATH="$PWD/node_modules/.bin:$PATH" '

test.each([
  ['vitest', `${local}vitest run a.test.ts`],
  ['vitest run --coverage', `${local}vitest run --coverage --coverage.enabled=false a.test.ts`],
  ['tsc --noEmit && vitest --run', `${local}vitest run --run a.test.ts`],
  ['NODE_ENV=test jest -i', `${local}NODE_ENV=test jest -i --runTestsByPath a.test.ts`],
  ["mocha -r ts-node/register 'test/**/*.ts'", `${local}mocha --no-config -r ts-node/register a.test.ts`],
  ['node --import tsx --test --test-reporter=spec test/*.ts', 'node --import tsx --test a.test.ts'],
  ['vitest && jest', null],
  ['eslint .', null],
  ['vitest run src/unit', null],
  ['node --test | tee log', null],
])('the script %s', (script, expected) => {
  const root = mkdtempSync(join(tmpdir(), 'cairn-selection-'))
  try {
    writeFileSync(join(root, 'package.json'), JSON.stringify({ scripts: { test: script } }))
    expect(selectionCommand('npm test', root, ['a.test.ts'])).toBe(expected)
  } finally {
    rmSync(root, { recursive: true })
  }
})

test('pytest and go', () => {
  expect(selectionCommand('python3 -m pytest -q tests', '/', ['tests/test a.py'])).toBe(
    "python3 -m pytest -q 'tests/test a.py'",
  )
  expect(selectionCommand('uv run pytest --cov=app', '/', ['t.py'])).toBe('uv run pytest t.py')
  expect(selectionCommand('go test -race ./...', '/', ['a/x_test.go', 'a/y_test.go', 'z_test.go'])).toBe(
    'go test -race ./a .',
  )
})
