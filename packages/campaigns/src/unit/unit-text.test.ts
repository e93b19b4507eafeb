import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { concerns } from './brief.ts'
import { fillCommand } from './fill-command.ts'
import { rewriteText } from './rewrite.ts'

test('names of any kind reach a command as they are', () => {
  const name = fc
    .string({ minLength: 1 })
    .filter((text) => !/[\0\ud800-\udfff]/u.test(text) && !text.includes('{'))
  fc.assert(
    fc.property(name, (file) => {
      const [command = ''] = fillCommand("printf '%s' {file}", { id: 'u', files: [file] })
      const seen = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' })
      expect(seen).toBe(file.startsWith('-') ? `./${file}` : file)
    }),
    { numRuns: 30 },
  )
})

test('a command with {file} runs once a file, one with {files} once', () => {
  const unit = { id: 'a +1', files: ['a', '-b'] }
  expect(fillCommand('x {file}', unit)).toEqual(['x a', 'x ./-b'])
  expect(fillCommand('x {files} {unit}', unit)).toEqual(["x a ./-b 'a +1'"])
  expect(fillCommand('x {file}', { id: 'name', files: [] })).toEqual(['x name'])
})

test.each([
  ['f($A, $B)', 'f({ a: $A, b: $B })', 'f(f(1, 2), 3)', 'f({ a: f({ a: 1, b: 2 }), b: 3 })'],
  ['g($$$ARGS)', 'h($$$ARGS)', 'g(1, "a,b", x)', 'h(1, "a,b", x)'],
  ['log($A)', 'log($A, 1)', 'log(x)', 'log(x, 1)'],
  ['log($A)', 'log(wrap($A))', 'log(x)', 'log(wrap(x))'],
])('%s becomes %s', (pattern, rewrite, before, after) => {
  expect(rewriteText('a.ts', before, [{ pattern, rewrite, language: null }])).toBe(after)
})

test('an entry concerns files below its paths, or all', () => {
  expect(concerns([], ['src/a.ts'])).toBe(true)
  expect(concerns(['src/'], ['src/a.ts'])).toBe(true)
  expect(concerns(['src/*.ts'], ['src/a.ts'])).toBe(true)
  expect(concerns(['./src/a.ts'], ['src/a.ts'])).toBe(true)
  expect(concerns(['docs', 'src/b.ts'], ['src/a.ts'])).toBe(false)
})
