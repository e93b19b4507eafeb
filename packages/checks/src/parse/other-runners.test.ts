import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseOutput } from './parse-output.ts'

const sample = (name: string) => readFileSync(new URL(`./samples/${name}.txt`, import.meta.url), 'utf8')

/** Runner, counts, and each failure as `id | first line of the message | place`. */
function parsed(name: string, exit = 1) {
  const { runner, passed, failed, failures } = parseOutput(sample(name), { roots: ['/work/p'], exit })
  const lines = failures.map(({ id, message, frames: [frame] }) =>
    [id, message.split('\n')[0], frame === undefined ? '' : `${frame.file}:${frame.line}`].join(' | '),
  )
  return { runner, counts: [passed, failed], lines }
}

test.each([
  'pytest',
  'pytest-collect',
  'unittest',
  'junit',
  'go',
  'go-verbose',
  'go-json',
  'go-panic',
  'go-build',
  'cargo',
  'cargo-build',
  'maven',
  'gradle',
  'eslint',
  'eslint-json',
  'gcc',
])('what %s printed', (name) => {
  expect(parsed(name)).toMatchSnapshot()
})

test('cut anywhere, every output still has a failure, and no parser throws', () => {
  for (const name of ['pytest', 'go-json', 'cargo', 'maven', 'junit', 'eslint-json', 'unittest']) {
    const text = sample(name)
    for (let at = 0; at < text.length; at += 37)
      expect(
        parseOutput(text.slice(0, at), { roots: ['/work/p'], exit: 1 }).failures.length,
        `${name} at ${at}`,
      ).toBeGreaterThan(0)
  }
})

test('a green run has no failures, whatever it printed', () => {
  for (const name of ['pytest', 'go', 'cargo', 'gcc'])
    expect(parseOutput(sample(name), { roots: ['/work/p'], exit: 0 }).failures).toEqual([])
})
