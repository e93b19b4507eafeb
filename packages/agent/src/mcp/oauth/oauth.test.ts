import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder, openPeers } from '../../testing/open-peers.ts'
import { browse, oauthPeer, type OAuthPeer } from '../../testing/oauth-peer.ts'
import { sessionRig } from '../../testing/session-rig.ts'
import type { McpServer } from '../server-config.ts'
import { logIn, type OAuthSettings } from './log-in.ts'
import { isFitting } from './oauth-fetch.ts'
import { receiveCallback } from './receive-callback.ts'
import { openTokenStore } from './token-store.ts'

const server = ({ url }: OAuthPeer): McpServer => ({
  name: 'h',
  source: 'user',
  run: { url, headers: {} },
  timeoutMs: 5_000,
  startMs: 5_000,
})

/** Logs in with a browser that does what it is told. */
async function login(
  { url }: Pick<OAuthPeer, 'url'>,
  change?: (back: URL) => void,
  settings: OAuthSettings = {},
  signal: AbortSignal = AbortSignal.timeout(5_000),
) {
  await using receiver = await receiveCallback()
  const statuses: Promise<number>[] = []
  const open = (address: URL) => void statuses.push(browse(address, change))
  try {
    return await logIn({ server: url, settings, receiver, open, signal })
  } finally {
    await Promise.allSettled(statuses)
  }
}

test('a login gives tokens that only the person can read, and with which the server is used', async () => {
  await using peer = await oauthPeer()
  await using open = await openPeers([server(peer)])
  expect(await open.search('')).toContain('it wants you to log in: cairn mcp login h')
  const store = openTokenStore(open.folder)
  store.write(await login(peer))
  const [file = ''] = readdirSync(join(open.folder, 'mcp-logins'))
  expect(statSync(join(open.folder, 'mcp-logins', file)).mode & 0o777).toBe(0o600)
  expect(statSync(join(open.folder, 'mcp-logins')).mode & 0o777).toBe(0o700)
  // The session that was refused goes on.
  expect(await open.search('echo')).toContain('mcp__h__echo')
  expect(await open.call('mcp__h__echo', { a: 1 })).toMatchObject({ output: '{"a":1}' })
  const secrets: string[] = []
  open.mcp.eachSecret((value) => secrets.push(value))
  expect(secrets.map((value) => value.split('-', 1)[0])).toEqual(['access', 'refresh'])
  writeFileSync(join(open.folder, 'mcp-logins', file), '{"half')
  expect(store.read(peer.url)).toBeNull()
  expect(store.remove(peer.url)).toBe(true)
})

test('an expired token is refreshed once for all calls, its successor kept; a revoked one asks for a login', async () => {
  await using peer = await oauthPeer()
  const folder = newFolder()
  const store = openTokenStore(folder)
  store.write(await login(peer))
  await using open = await openPeers([server(peer)], folder)
  await open.search('')
  const first = store.read(peer.url)
  peer.expire()
  const answers = await Promise.all([1, 2, 3].map((a) => open.call('mcp__h__echo', { a })))
  expect(answers).toEqual([1, 2, 3].map((a) => ({ ok: true, output: `{"a":${a}}` })))
  expect(peer.refreshes).toBe(1)
  const second = store.read(peer.url)
  expect(second?.accessToken).not.toBe(first?.accessToken)
  expect(second?.refreshToken).not.toBe(first?.refreshToken)
  peer.revoke()
  const refused = await open.call('mcp__h__echo', { a: 4 })
  expect(refused).toMatch(/your login at it has expired \(invalid_grant\): cairn mcp login h/u)
  // The authorization server repeats what it was sent; that is not shown.
  expect(refused).not.toContain('refresh-')
  store.write(await login(peer))
  expect(await open.call('mcp__h__echo', { a: 5 })).toMatchObject({ output: '{"a":5}' })
})

test('two sessions with one login: the second takes what the first has refreshed', async () => {
  await using peer = await oauthPeer()
  const folder = newFolder()
  openTokenStore(folder).write(await login(peer))
  await using one = await openPeers([server(peer)], folder)
  await using two = await openPeers([server(peer)], folder)
  await Promise.all([one.search(''), two.search('')])
  peer.expire()
  const calls = [one.call('mcp__h__echo', { a: 1 }), two.call('mcp__h__echo', { a: 2 })]
  expect(await Promise.all(calls)).toEqual([1, 2].map((a) => ({ ok: true, output: `{"a":${a}}` })))
  expect(peer.refreshes).toBe(1)
  // One that died in the middle of a refresh is not waited for.
  const lock = join(folder, 'mcp-logins', `${createHash('sha256').update(peer.url).digest('hex')}.json.lock`)
  writeFileSync(lock, '')
  utimesSync(lock, 1, 1)
  peer.expire()
  expect(await two.call('mcp__h__echo', { a: 3 })).toMatchObject({ ok: true })
})

test('an answer with a wrong state is refused and changes nothing', async () => {
  await using peer = await oauthPeer()
  await using receiver = await receiveCallback()
  const seen: number[] = []
  const given = await logIn({
    server: peer.url,
    settings: {},
    receiver,
    async open(address) {
      seen.push(await browse(address, (back) => back.searchParams.set('state', 'guessed')))
      seen.push(await browse(address, (back) => back.searchParams.delete('state')))
      seen.push(await browse(address, (back) => (back.pathname = '/callback')))
      seen.push(await browse(address))
    },
    signal: AbortSignal.timeout(5_000),
  })
  expect(given.accessToken).toContain('access-')
  await expect.poll(() => seen).toEqual([400, 400, 400, 200])
})

test('a login with a wrong issuer, resource, address, or a refusal, gives nothing and says why', async () => {
  await using peer = await oauthPeer()
  await expect(login(peer, (back) => back.searchParams.set('iss', 'https://evil.example'))).rejects.toThrow(
    /iss/iu,
  )
  await expect(login(peer, (back) => back.searchParams.delete('iss'))).rejects.toThrow(/iss/iu)
  await expect(
    login(peer, (back) => {
      back.searchParams.delete('code')
      back.searchParams.set('error', 'access_denied')
    }),
  ).rejects.toThrow(/the login was not given: access_denied/u)
  // Nothing of an answer of somebody else is believed, its error neither.
  await expect(
    login(peer, (back) => {
      back.searchParams.delete('code')
      back.searchParams.set('error', 'access_denied')
      back.searchParams.set('iss', 'https://evil.example')
    }),
  ).rejects.toThrow(/iss/iu)
  await expect(login(peer, (back) => back.searchParams.set('code', 'stolen'))).rejects.toThrow()
  const wrong = async (what: OAuthPeer['wrong'], why: RegExp) => {
    Object.assign(peer.wrong, what)
    await expect(login(peer)).rejects.toThrow(why)
    for (const key of Object.keys(what)) Reflect.deleteProperty(peer.wrong, key)
  }
  await wrong({ issuer: 'https://evil.example' }, /issuer/iu)
  await wrong({ resource: 'https://evil.example/mcp' }, /its tokens are for https:\/\/evil\.example/u)
  await wrong({ authorize: 'http://evil.example/authorize' }, /not https/u)
  await wrong({ noRegistration: true }, /could not register itself/u)
  expect((await login(peer)).accessToken).toContain('access-')
  const stop = AbortSignal.timeout(300)
  await expect(login(peer, (back) => back.searchParams.set('state', 'x'), {}, stop)).rejects.toThrow(
    /nobody came back/u,
  )
})

test('a server that needs more rights says which; one without refresh tokens asks for a login', async () => {
  await using peer = await oauthPeer()
  peer.wrong.noRefresh = true
  const folder = newFolder()
  openTokenStore(folder).write(await login(peer))
  await using open = await openPeers([server(peer)], folder)
  await open.search('')
  peer.wrong.scope = 'files:write'
  expect(await open.call('mcp__h__echo')).toMatch(/more rights \(files:write\): cairn mcp login h/u)
  delete peer.wrong.scope
  peer.expire()
  expect(await open.call('mcp__h__echo')).toMatch(/has expired: cairn mcp login h/u)
})

test.each([
  ['https://far.example/mcp', 'https://login.example/', true],
  ['https://far.example/mcp', 'http://login.example/', false],
  ['https://far.example/mcp', 'http://127.0.0.1:8080/', false],
  ['https://far.example/mcp', 'https://localhost/', false],
  ['https://far.example/mcp', 'https://user:pass@login.example/', false],
  ['https://far.example/mcp', 'file:///etc/passwd', false],
  ['http://127.0.0.1:1/mcp', 'http://localhost:2/', true],
  ['http://127.0.0.1:1/mcp', 'http://far.example/', false],
])('a server at %s may name %s for its login: %s', (from, to, may) => {
  expect(isFitting(new URL(from), new URL(to))).toBe(may)
})

test('tokens never enter the journal, those of a refresh included, even where the server repeats them', async () => {
  await using peer = await oauthPeer()
  await using rig = await sessionRig(
    [
      { calls: [{ tool: 'tool_search', args: '{"query":""}' }] },
      { calls: [{ tool: 'mcp__h__echo', args: '{"header":"authorization"}' }] },
      { text: 'end' },
    ],
    { mcp: { servers: [server(peer)], problems: [] } },
  )
  const store = openTokenStore(rig.dataDir)
  store.write(await login(peer))
  const before = store.read(peer.url)
  peer.expire()
  await rig.run('go')
  const after = store.read(peer.url)
  expect(after?.accessToken).not.toBe(before?.accessToken)
  expect(rig.of('tool.done')[1]?.body.output).toMatch(/^\[secret:registered:\w+\]$/u)
  const files = readdirSync(rig.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('mcp-logins'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  expect(files.length).toBeGreaterThan(1)
  const seen = [JSON.stringify(rig.events), ...rig.server.requests.map(({ text }) => text), ...files].join(
    '\n',
  )
  for (const secret of [after?.accessToken, after?.refreshToken, before?.accessToken])
    expect(seen).not.toContain(secret ?? 'missing')
})
