import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig, exec, type CliResult } from './testing/cli-rig.ts'

const isTrace = /\n {4}at |defect of cairn|Unhandled/

function expectPlain(run: CliResult, code: number, ...words: string[]): void {
  expect([run.code, run.err]).toEqual([code, expect.stringMatching(/^cairn: .+\n {2}\S.+\n$/)])
  expect(run.err).not.toMatch(isTrace)
  for (const word of words) expect(run.err).toContain(word)
}

test('a data folder that cannot be made is told, with what to do', async () => {
  await using rig = await cliRig([{ text: 'never' }])
  const file = join(rig.folder, 'file')
  writeFileSync(file, '')
  expectPlain(
    await rig.cairn(['run', ...rig.model(), 'go'], { env: { CAIRN_DATA_DIR: join(file, 'data') } }),
    1,
    join(file, 'data'),
    'CAIRN_DATA_DIR',
  )
  expectPlain(
    await rig.cairn(['run', ...rig.model(), 'go'], { env: { CAIRN_DATA_DIR: '/proc/nowhere' } }),
    1,
    '/proc/nowhere',
    'CAIRN_DATA_DIR',
  )
  expectPlain(
    await rig.cairn(['run', ...rig.model(), 'go'], { env: { CAIRN_DATA_DIR: 'relative' } }),
    1,
    'CAIRN_DATA_DIR',
  )
  expect(rig.server.requests.length).toBe(0)
  expect((await rig.cairn(['doctor'], { env: { CAIRN_DATA_DIR: join(file, 'data') } })).out).toContain(
    '✗ data folder',
  )
})

test('without HOME the data folder decides', async () => {
  await using rig = await cliRig([{ calls: [exec('echo "home is $HOME"')] }, { text: 'end' }])
  const run = await rig.run('go', [], { env: { HOME: undefined } })
  expect([run.code, run.err]).toEqual([0, ''])
  const homeless = await rig.cairn(['run', ...rig.model(), 'go'], {
    env: { HOME: undefined, CAIRN_DATA_DIR: undefined },
  })
  expectPlain(homeless, 1, 'HOME', 'CAIRN_DATA_DIR')
})

test('a folder with an odd name, and a task in odd letters', async () => {
  await using rig = await cliRig([{ calls: [exec('pwd; cat *.txt')] }, { text: 'end ⛰ \u001B[31m' }])
  const cwd = join(rig.folder, 'a folder; $(touch x) "quoted" ⛰')
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'ä b.txt'), 'inside\n')
  const run = await rig.run("it's ⛰ — `x` $HOME", [], { cwd })
  expect(run.code).toBe(0)
  expect(run.events.find((event) => event.type === 'tool.done')?.output).toBe(`[exit 0]\n${cwd}\ninside`)
  const text = await rig.cairn(['run', ...rig.model(), 'again'], { cwd })
  expect(text.out).not.toContain('\u001B')
  expect(existsSync(join(cwd, 'x'))).toBe(false)
})

test('two runs in one folder at once do not get in each other’s way; one session has one writer', async () => {
  await using rig = await cliRig(({ body }) =>
    JSON.stringify(body).includes('slow') && !JSON.stringify(body).includes('[exit')
      ? { calls: [exec('touch started; sleep 3')] }
      : { text: 'end' },
  )
  const slow = rig.start(['run', '--json', ...rig.model(), 'slow'])
  await slow.until(() => existsSync(join(rig.cwd, 'started')))
  const session = String(slow.out().match(/"session":"(\w+)"/)?.[1])
  const [other, second] = await Promise.all([
    rig.run('other'),
    rig.cairn(['resume', session, ...rig.model(), 'me too']),
  ])
  expect(other.code).toBe(0)
  expectPlain(second, 1, 'is being written by process')
  expect((await slow.result).code).toBe(0)
})

const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0

// Mounting needs the rights of root; elsewhere there is nothing to test.
if (canMount)
  test('a full disk ends the run with the reason; with space again the session goes on', async () => {
    await using rig = await cliRig(({ index }) =>
      index < 60 ? { calls: [exec(`head -c 30000 /dev/urandom | base64; echo ${index}`)] } : { text: 'end' },
    )
    mkdirSync(rig.dataDir)
    const script = `
      mount -t tmpfs -o size=700k none "$CAIRN_DATA_DIR" || exit 99
      "$@"; echo "code $?"
      mount -o remount,size=64m "$CAIRN_DATA_DIR"
      "$0" resume --last ${rig.model().join(' ')}; echo "code $?"
      "$0" log verify; echo "code $?"`
    const [cairn] = (await import('./testing/cli-rig.ts')).CAIRN.split('\n')
    const run = await rig.cairn(['run', ...rig.model(), 'fill it'], {
      via: ['unshare', '-m', 'sh', '-c', script, cairn ?? ''],
    })
    expect(run.err).not.toMatch(isTrace)
    expect(run.err).toMatch(/full|space/i)
    expect(run.out).toMatch(/^code 1\nend\ncode 0\n✓ the log is whole.*\nroot \w+\ncode 0\n$/)
  })
