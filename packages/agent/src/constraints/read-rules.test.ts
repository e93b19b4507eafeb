import { describe, expect, it } from 'vitest'
import { readRules } from './read-rules.ts'

const source = { entry: 'L1', authority: 'user', text: '' }
const rules = (text: string) => readRules(text, source).map(({ source: _source, ...rule }) => rule)

describe('readRules', () => {
  it.each([
    ['Do not touch anything in src/legacy/.', { kind: 'path', mode: 'untouched', globs: ['src/legacy/**'] }],
    ['Never edit generated files in `dist/`', { kind: 'path', mode: 'untouched', globs: ['dist/**'] }],
    ['leave config/prod.yaml alone', { kind: 'path', mode: 'untouched', globs: ['config/prod.yaml'] }],
    [
      '`package-lock.json` must not be changed',
      { kind: 'path', mode: 'untouched', globs: ['package-lock.json'] },
    ],
    [
      'The files under test/fixtures/ must stay unchanged.',
      { kind: 'path', mode: 'untouched', globs: ['test/fixtures/**'] },
    ],
    [
      'Fix it without changing src/api.ts or src/types.ts',
      { kind: 'path', mode: 'untouched', globs: ['src/api.ts', 'src/types.ts'] },
    ],
    ['Only change files in packages/core/', { kind: 'path', mode: 'only', globs: ['packages/core/**'] }],
    ["Don't modify anything outside of src/parser", { kind: 'path', mode: 'only', globs: ['src/parser'] }],
    ['Never delete migrations/*.sql', { kind: 'path', mode: 'kept', globs: ['migrations/*.sql'] }],
    ['docs/api.md must exist', { kind: 'exists', path: 'docs/api.md' }],
    ['Do not add any new dependencies.', { kind: 'dependency', names: null }],
    ['no new npm packages, please', { kind: 'dependency', names: null }],
    ['Implement it without adding dependencies', { kind: 'dependency', names: null }],
    ['do not add lodash as a dependency', { kind: 'dependency', names: ['lodash'] }],
    ['The public API must not change.', { kind: 'api', globs: null }],
    ['Keep the exported interface of src/index.ts stable', { kind: 'api', globs: ['src/index.ts'] }],
    [
      'No source file may be longer than 400 lines',
      { kind: 'size', globs: ['**'], unit: 'lines', most: 400 },
    ],
    [
      '`dist/app.js` must stay below 50 kB',
      { kind: 'size', globs: ['dist/app.js'], unit: 'bytes', most: 51_200 },
    ],
    ['`npm run lint` must still pass', { kind: 'command', command: 'npm run lint' }],
  ])('%s', (text, rule) => {
    expect(rules(text)).toEqual([rule])
  })

  it.each([
    'Do not touch src/legacy unless the tests demand it.',
    'Prefer not to change src/a.ts',
    'Please fix the failing test in src/a.test.ts',
    'The function in src/a.ts reads the file and changes the port.',
    'Use pnpm for installing packages.',
    'The API returns a list of files that have changed.',
    'Never log the password.',
    'Add a dependency on zod.',
    'Keep answers short and friendly.',
    'Change src/a.ts so that it handles null',
    'The limit is 50 lines on the screen',
    'https://example.com/a/b must not be called',
    'Do not use and/or in messages',
    'Never commit to main without review',
  ])('gives no rule for: %s', (text) => {
    expect(rules(text)).toEqual([])
  })
})
