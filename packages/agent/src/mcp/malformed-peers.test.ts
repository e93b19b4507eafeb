import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder, openPeers as open } from '../testing/open-peers.ts'
import type { McpServer } from './server-config.ts'

const PEER = join(import.meta.dirname, '../testing/malformed-peer.ts')

const server = (how: string, detail = '', startMs = 10_000, timeoutMs = 10_000): McpServer => ({
  name: 'm',
  source: 'user',
  run: { command: process.execPath, args: [PEER, how, detail], env: {} },
  timeoutMs,
  startMs,
})

const running = (folder: string): string =>
  spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.includes(folder))
    .join('\n')

test.each([
  ['hang-initialize', /did not answer within 0\.7 s/u],
  ['wrong-id', /did not answer within 0\.7 s/u],
  ['old', /not used/u],
  ['die', /not used/u],
  ['flood', /it printed more than 8 MiB without being asked/u],
])('a server with %s is left out, said, and ended', async (how, why) => {
  const folder = newFolder()
  await using peer = await open([server(how, folder, how === 'flood' ? 10_000 : 700)], folder)
  expect(peer.mcp.tools.map(({ name }) => name)).toEqual(['tool_search', 'mcp_call'])
  expect(await peer.search('echo')).toMatch(why)
  expect(peer.problems.join('\n')).toMatch(why)
  await peer.mcp.close()
  expect(running(folder)).toBe('')
})

test.each(['garbage', 'notifications', 'stderr'])(
  'a server with %s around its answers is used all the same',
  async (how) => {
    await using peer = await open([server(how)])
    expect(await peer.search('echo')).toContain('mcp__m__echo')
    expect(await peer.call('mcp__m__echo', { text: 'hello' })).toEqual({ ok: true, output: 'hello' })
  },
)

test('pages without an end are not followed for ever', async () => {
  await using peer = await open([server('endless')])
  expect(await peer.search('echo')).toMatch(/mcp__m__echo|not used/u)
})

test('a call that hangs ends when it is cancelled or its time is over, and the server is told', async () => {
  await using peer = await open([server('fine', '', 10_000, 400)])
  await peer.search('')
  expect(await peer.call('mcp__m__hang')).toMatch(/timed out/iu)
  const stop = new AbortController()
  const hanging = peer.call('mcp__m__hang', {}, stop.signal)
  stop.abort()
  expect(await hanging).toMatch(/abort|cancel/iu)
  expect(await peer.call('mcp__m__echo', { text: 'still here' })).toMatchObject({ output: 'still here' })
})

test('a call is cancelled while its server is still starting', async () => {
  const folder = newFolder()
  {
    const first = await open([server('fine')], folder)
    await first.search('')
    await first.mcp.close()
  }
  const pins = join(folder, 'pins')
  expect(readdirSync(pins)).toHaveLength(1)
  await using peer = await open([server('fine')], folder)
  const stop = new AbortController()
  const called = peer.call('mcp__m__echo', { text: 'x' }, stop.signal)
  stop.abort()
  expect(await called).toBe('cancelled')
})

test('a crash in the middle of a call costs that call; the second one is the last', async () => {
  await using peer = await open([server('fine')])
  await peer.search('')
  expect(await peer.call('mcp__m__crash')).toMatch(/closed/iu)
  const calls = [1, 2, 3].map(() => peer.call('mcp__m__echo', { text: 'again' }))
  for (const answer of await Promise.all(calls)) expect(answer).toMatchObject({ output: 'again' })
  expect(await peer.call('mcp__m__crash')).toMatch(/closed/iu)
  expect(await peer.call('mcp__m__echo', { text: 'again' })).toMatch(/ended twice/u)
})

test('a large result is given in whole, a boundless one ends the server', async () => {
  await using peer = await open([server('fine')])
  await peer.search('')
  const large = await peer.call('mcp__m__large', { text: 5 << 20 })
  expect(typeof large === 'string' ? large : String(large.output)).toMatch(/the end$/u)
  expect(await peer.call('mcp__m__large', { text: 9 << 20 })).toMatch(/more than 8 MiB/u)
  expect(await peer.call('mcp__m__echo', { text: 'again' })).toMatchObject({ output: 'again' })
})

test('answers that are wrong are said, and foreign ids and broken lines do not confuse', async () => {
  await using peer = await open([server('fine')])
  await peer.search('')
  const wrong = (text: string) => peer.call('mcp__m__wrong', { text })
  expect(typeof (await wrong('shape'))).toBe('string')
  expect(await wrong('error')).toContain('broken inside')
  expect(await wrong('refused')).toEqual({ ok: false, output: 'refused' })
  expect(await wrong('id')).toEqual({ ok: true, output: 'in the end' })
})

test('what a server asks of the client is refused, besides a ping', async () => {
  await using peer = await open([server('fine')])
  await peer.search('')
  const asked = await peer.call('mcp__m__ask')
  expect(typeof asked === 'string' ? asked : asked.output).toBe('[-32601,-32601,-32601,{}]')
})

test('tools that change within a session are refused at the next call, declared or not', async () => {
  await using peer = await open([server('fine')])
  await peer.search('')
  expect(await peer.call('mcp__m__change')).toMatchObject({ output: 'changed' })
  expect(await peer.call('mcp__m__echo', { text: 'x' })).toMatch(
    /otherwise than when it was accepted.*cairn mcp approve m/u,
  )
  expect(await peer.search('keys')).not.toContain('wants your keys')
  expect(peer.problems.join('\n')).toContain('cairn mcp approve m')
})

test('a server that has announced a change and does not say which is refused again and again', async () => {
  await using peer = await open([server('hang-list', '', 800)])
  await peer.search('')
  await peer.call('mcp__m__change')
  expect(await peer.call('mcp__m__echo', { text: 'x' })).toMatch(/timed out/iu)
  expect(await peer.call('mcp__m__echo', { text: 'x' })).toMatch(/timed out/iu)
})

test('what is remembered and cannot be read keeps a server out, and nothing else', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'pins'), 'no folder')
  await using peer = await open([server('fine')], folder)
  expect(peer.mcp.tools).toEqual([])
  expect(peer.problems.join()).toMatch(/m is not used: what is remembered of it cannot be read/u)
})

test('names that collide or hide something stay apart and plain; what cannot be shown is left out', async () => {
  await using peer = await open([server('names')])
  await peer.search('')
  const all = await peer.search('')
  const names = all.split('\n').filter((line) => line.startsWith('mcp__'))
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[\w-]{1,64}$/u)
  expect(names.filter((name) => name.startsWith('mcp__m__a_b'))).toHaveLength(3)
  expect(names.join(' ')).not.toMatch(/hides|deep|large|nnn/u)
  const shown = await peer.search('described')
  expect(shown).toContain('[MCP server m says:]')
  expect(shown).toContain('‹U+202E›')
  expect(shown).not.toMatch(/[\u202E\u200B]/u)
  expect(peer.problems.join('\n')).toMatch(/"twice" is left out: its name is taken/u)
  expect(peer.problems.join('\n')).not.toMatch(/\u202E/u)
  // In a session that knows it, what a provider would refuse is reachable and not declared.
  await using next = await open([server('names')], peer.folder)
  const declared = next.mcp.tools.map(({ name }) => name)
  expect(declared).toContain('mcp__m__a_b')
  expect(declared).toContain('tool_search')
  expect(declared).not.toContain('mcp__m__union')
  expect(declared).not.toContain('mcp__m__odd')
  expect(next.mcp.find('mcp__m__union')).toBeDefined()
})

test('a thousand tools: none is declared, each is found by its words and called', async () => {
  await using peer = await open([server('many', '1000')])
  expect(await peer.search('tool 0777')).toContain('mcp__m__tool_0777')
  await using next = await open([server('many', '1000')], peer.folder)
  expect(next.mcp.tools.map(({ name }) => name)).toEqual(['tool_search', 'mcp_call'])
  expect(JSON.stringify(next.mcp.tools.map(({ declaration }) => declaration)).length).toBeLessThan(2_000)
  expect(await next.search('0999')).toContain('1000 tools')
  expect(existsSync(join(peer.folder, 'pins'))).toBe(true)
  expect(
    readFileSync(join(peer.folder, 'pins', readdirSync(join(peer.folder, 'pins'))[0] ?? ''), 'utf8'),
  ).toContain('tool_0999')
}, 20_000)
