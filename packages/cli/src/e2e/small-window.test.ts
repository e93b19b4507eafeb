import { cpSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig, type CliResult } from './testing/cli-rig.ts'

const BROKEN = resolve(import.meta.dirname, '../../../../examples/broken')
const names = readdirSync(BROKEN)
  .filter((entry) => !entry.includes('.') && entry !== 'solutions')
  .toSorted()

/** Some need a switch of the epoch at 8k; with `CAIRN_WINDOWS=all` every project is mended, and more windows are tried. */
const all = process.env['CAIRN_WINDOWS'] === 'all'
const chosen = all ? names : ['session-store', 'tip-splitter']
const windows = all ? [4_500, 5_000, 6_000, 8_000] : [6_000]

/** Every candidate that was tried, by what it edits. */
function tried({ events }: CliResult): string[] {
  return events
    .filter((event) => event.type === 'model.answered')
    .flatMap((event) => event['parts'] as { type: string; tool?: string; args?: string }[])
    .filter((part) => part.type === 'call' && part.tool === 'experiment')
    .flatMap(({ args }) => (JSON.parse(args ?? '') as { candidates: { edits: unknown }[] }).candidates)
    .map(({ edits }) => JSON.stringify(edits))
}

const epochs = ({ events }: CliResult) => events.filter((event) => event.type === 'epoch.started').length

test.each(chosen)(
  '%s is mended within a window of 8,000 tokens',
  async (name) => {
    await using rig = await cliRig([{ text: 'never' }])
    cpSync(join(BROKEN, name), rig.cwd, { recursive: true })
    const run = await rig.cairn(['run', '--json', '--context-window', '8000', 'make the failing tests pass'])
    expect([name, run.err, run.code, run.last?.status]).toEqual([name, '', 0, 'done'])
    const candidates = tried(run)
    expect(candidates.length - new Set(candidates).size).toBe(0)
  },
  180_000,
)

/** No small change mends this: the search goes on until nothing is left. */
const hopeless = {
  'package.json': '{"name":"hopeless","type":"module","scripts":{"test":"node --test"}}',
  'src/code.js': `export function secret(seed, salt) {
  const start = seed.length
  if (start > salt) return start
  const rest = seed.slice(salt)
  return rest.length + salt
}
`,
  'src/more.js': `import { secret } from './code.js'

export function twice(seed) {
  const first = secret(seed, 2)
  const second = secret(seed, first)
  return first + second
}
`,
  'test/code.test.js': `import test from 'node:test'
import assert from 'node:assert'
import { secret } from '../src/code.js'
import { twice } from '../src/more.js'
test('secret', () => assert.equal(secret('ab', 1), 'a7f#q'))
test('twice', () => assert.equal(twice('abc'), 'zz9(k'))
`,
}

test.each(windows)(
  'in %s tokens no refuted change is tried again, however often the epoch switches',
  async (window) => {
    await using rig = await cliRig([{ text: 'never' }], hopeless)
    const run = await rig.cairn([
      'run',
      '--json',
      '--context-window',
      String(window),
      '--max-steps',
      '40',
      'make the failing tests pass',
    ])
    const candidates = tried(run)
    expect(epochs(run)).toBeGreaterThan(1)
    expect(candidates.length).toBeGreaterThan(60)
    expect(candidates.length - new Set(candidates).size).toBe(0)
  },
  180_000,
)
