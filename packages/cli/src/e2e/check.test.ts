import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig } from './testing/cli-rig.ts'

const testOf = (name: string, value: number) =>
  `import { test } from 'node:test'\nimport assert from 'node:assert'\nimport { ${name} } from '../src/${name}.mjs'\ntest('${name} is ${value}', () => assert.equal(${name}, ${value}))\n`
const files = {
  'package.json': '{"scripts":{"test":"node --test"}}',
  'src/one.mjs': 'export const one = 1\n',
  'src/two.mjs': 'export const two = 2\n',
  'test/one.test.mjs': testOf('one', 1),
  'test/two.test.mjs': testOf('two', 2),
}

test('cairn check runs the whole check, or the tests that a change concerns', async () => {
  await using rig = await cliRig([{ text: '' }], files)
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@localhost', ...words], { cwd: rig.cwd })
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'first')

  const whole = await rig.cairn(['check'])
  expect(whole).toMatchObject({ code: 0 })
  expect(whole.out).toMatch(/✓ green {2}npm test: 2 passed, 0 failures/u)
  const none = await rig.cairn(['check', '--impacted'])
  expect(none).toMatchObject({ code: 0 })
  expect(none.out).toContain('Nothing differs')

  writeFileSync(join(rig.cwd, 'src/two.mjs'), 'export const two = 3\n')
  const list = await rig.cairn(['check', '--impacted', '--list'])
  expect(list.out).toContain('node --test test/two.test.mjs')
  expect(list.out).toContain('test/two.test.mjs  (reaches src/two.mjs)')
  expect(list.out).not.toContain('one.test')
  const red = await rig.cairn(['check', '--impacted', '--json'])
  expect(red.code).toBe(1)
  expect(JSON.parse(red.out)).toMatchObject({
    ok: false,
    passed: 0,
    failed: 1,
    whole: null,
    tests: [{ path: 'test/two.test.mjs', because: 'src/two.mjs' }],
  })
  git('commit', '-qam', 'second')
  expect((await rig.cairn(['check', '--since', 'HEAD~1'])).out).toContain('✗ test/two.test.mjs > two is 2')

  writeFileSync(join(rig.cwd, 'package.json'), '{"scripts":{"test":"node --test test"},"a":1}')
  const config = await rig.cairn(['check', '--impacted', '--list'])
  expect(config.out).toContain('Run the whole check, `npm test`: package.json concerns every test.')
})

test('what cannot be done is said', async () => {
  await using rig = await cliRig([{ text: '' }], { 'notes.txt': '' })
  const none = await rig.cairn(['check'])
  expect(none.code).toBe(2)
  expect(none.err).toContain('No check was found')
  const unknown = await rig.cairn(['check', '--check', 'true', '--since', 'nowhere'])
  expect(unknown.code).toBe(0)
  expect(unknown.out).toContain('the folder is in no git repository')
})
