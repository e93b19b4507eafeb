import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig, exec, type CliRig } from './testing/cli-rig.ts'

const idOf = (events: { [field: string]: unknown }[]) => String(events[0]?.['session'])

async function found(rig: CliRig, text: string): Promise<string[]> {
  const { events, out } = await rig.cairn(['sessions', '--search', text, '--json'])
  expect(out.split('\n').filter(Boolean)).toHaveLength(events.length)
  return events.map((event) => String(event['id']))
}

test('what was said, run or printed is found across sessions; all words have to stand in one', async () => {
  await using rig = await cliRig([
    { calls: [exec('printf "Überlauf at 0x7f in parse_header\\n"')] },
    { text: 'the header was mended' },
    { text: 'about retries: the backoff doubles' },
  ])
  const first = idOf((await rig.run('mend the parser')).events)
  const second = idOf((await rig.run('how do retries work')).events)
  expect(await found(rig, 'ueberlauf')).toEqual([])
  expect(await found(rig, 'UBERLAUF')).toEqual([first])
  expect(await found(rig, 'parse_head mended')).toEqual([first])
  expect(await found(rig, '"backoff doubles"')).toEqual([second])
  expect(await found(rig, '"doubles backoff"')).toEqual([])
  expect(await found(rig, 'retries header')).toEqual([])
  for (const hostile of ['a" OR "b', 'NEAR(', 'x*) -- ', 'text:^parser'])
    expect((await rig.cairn(['sessions', '--search', hostile])).err).not.toContain('cairn:')
  expect((await rig.cairn(['sessions', '--search', '***'])).code).toBe(2)
  // Words of a session that is gone are not found any more.
  rmSync(join(rig.dataDir, 'sessions.db'))
  rmSync(join(rig.dataDir, 'sessions', `${first}.db`))
  expect(await found(rig, 'mended')).toEqual([])
  const text = await rig.cairn(['sessions', '--search', 'backoff', '--all'])
  expect([text.code, text.out]).toEqual([0, expect.stringContaining('about retries: the backoff doubles')])
}, 60_000)

test('a session is named once and found by its name', async () => {
  await using rig = await cliRig([{ text: 'one' }, { text: 'two' }, { text: 'three' }])
  const first = idOf((await rig.run('first task')).events)
  const second = idOf((await rig.run('second task')).events)
  expect((await rig.cairn(['sessions', 'name', first.slice(0, 2), 'port work'])).code).toBe(2)
  expect((await rig.cairn(['sessions', 'name', first, 'port work'])).code).toBe(0)
  expect((await rig.cairn(['sessions', 'name', second, 'port work'])).err).toContain('is called "port work"')
  for (const bad of ['', '  ', 'a\nb', '01jdabcdef', 'x'.repeat(81)])
    expect((await rig.cairn(['sessions', 'name', second, bad])).code).toBe(2)
  const shown = await rig.cairn(['show', 'port work', '--json'])
  expect(idOf(shown.events)).toBe(first)
  const resumed = await rig.cairn(['resume', 'port work', '--json', ...rig.model(), 'go on'])
  expect([idOf(resumed.events), resumed.last?.['summary']]).toEqual([first, 'three'])
  expect((await rig.cairn(['sessions'])).out).toContain('[port work]')
  const copy = (await rig.cairn(['fork', 'port work'])).out.trim()
  rmSync(join(rig.dataDir, 'sessions.db'))
  expect(idOf((await rig.cairn(['show', 'port work', '--json'])).events)).toBe(first)
  expect((await rig.cairn(['log', 'verify', copy])).code).toBe(0)
}, 60_000)
