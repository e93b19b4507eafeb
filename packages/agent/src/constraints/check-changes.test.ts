import { describe, expect, it } from 'vitest'
import { checkChanges } from './check-changes.ts'
import type { ProposedChange } from './constraint-rule.ts'
import { addedDependencies } from './dependency-changes.ts'
import { publicModules } from './public-modules.ts'
import { readRules } from './read-rules.ts'

function violations(text: string, changes: ProposedChange[], files: Record<string, string> = {}): string[] {
  const rules = readRules(text, { entry: 'L1', authority: 'user', text })
  return checkChanges(
    rules,
    changes,
    publicModules((path) => files[path] ?? null),
  ).map(({ what }) => what)
}
const edit = (path: string, before: string | null, after: string | null) => ({ path, before, after })

describe('checkChanges', () => {
  it('guards paths', () => {
    expect(violations('Do not touch src/legacy/', [edit('src/legacy/a.ts', 'a', 'b')])).toEqual([
      'src/legacy/a.ts is changed',
    ])
    expect(violations('Do not touch src/legacy/', [edit('src/new.ts', 'a', 'b')])).toEqual([])
    expect(
      violations('Only change files in src/core/', [
        edit('src/core/a.ts', 'a', 'b'),
        edit('README.md', 'a', 'b'),
      ]),
    ).toEqual(['README.md is changed, which is outside of src/core/**'])
    expect(
      violations('Never delete migrations/*.sql', [
        edit('migrations/1.sql', 'a', null),
        edit('migrations/2.sql', 'a', 'b'),
      ]),
    ).toEqual(['migrations/1.sql is removed'])
  })

  it('guards dependencies of several ecosystems', () => {
    const added = [
      edit(
        'package.json',
        '{"dependencies":{"a":"1"}}',
        '{"dependencies":{"a":"2"},"devDependencies":{"b":"1"}}',
      ),
      edit('sub/requirements.txt', 'flask==1\n', 'flask==2\nrequests>=2 # x\n'),
      edit(
        'pyproject.toml',
        '[project]\ndependencies = ["a>=1"]\n',
        '[project]\ndependencies = ["a>=1", "b[x]~=2"]\n',
      ),
      edit(
        'Cargo.toml',
        '[dependencies]\nserde = "1"\n',
        '[dependencies]\nserde = "1"\n[dev-dependencies]\ninsta = "1"\n',
      ),
      edit(
        'go.mod',
        'module x\nrequire (\n\ta.com/b v1\n)\n',
        'module x\nrequire (\n\ta.com/b v2\n\tc.com/d v1\n)\n',
      ),
    ]
    expect(added.map(addedDependencies)).toEqual([['b'], ['requests'], ['b'], ['insta'], ['c.com/d']])
    expect(violations('No new dependencies', added)).toHaveLength(5)
    expect(violations('Do not add b as a dependency', added)).toHaveLength(2)
  })

  it('guards what the entry files export, over re-exports', () => {
    const files = {
      'package.json': '{"exports":"./dist/index.js"}',
      'src/index.ts': "export * from './a.ts'\n",
      'src/a.ts': 'export function f(x: number) {}',
      'src/inner.ts': 'export function g(x: number) {}',
    }
    const text = 'The public API must not change.'
    const broken = (path: string) => [
      edit(path, 'export function f(x: number) {}', 'export function f(x: string) {}'),
    ]
    expect(violations(text, broken('src/a.ts'), files)[0]).toContain('the public API of src/a.ts breaks')
    expect(violations(text, broken('src/inner.ts'), files)).toEqual([])
    expect(
      violations(
        text,
        [edit('src/a.ts', files['src/a.ts'], `${files['src/a.ts']}\nexport const h = 1`)],
        files,
      ),
    ).toEqual([])
  })

  it('guards sizes, and lets what was too large shrink', () => {
    const text = 'No file may be longer than 2 lines'
    expect(violations(text, [edit('a.ts', null, '1\n2\n3\n')])).toHaveLength(1)
    expect(violations(text, [edit('a.ts', '1\n2\n3\n4\n', '1\n2\n3\n')])).toEqual([])
  })
})
