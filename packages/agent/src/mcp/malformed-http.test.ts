import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { httpPeer, type HttpPeer } from '../testing/http-peer.ts'
import { openPeers } from '../testing/open-peers.ts'
import type { McpServer } from './server-config.ts'

const server = ({ url }: HttpPeer, startMs = 5_000, timeoutMs = 5_000): McpServer => ({
  name: 'h',
  source: 'user',
  run: { url, headers: {} },
  timeoutMs,
  startMs,
})
const sse = { 'content-type': 'text/event-stream' }
const notice = `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x'.repeat(1 << 16) } })}\n\n`

test('a server over HTTP that answers as it should', async () => {
  await using peer = await httpPeer(() => false)
  await using open = await openPeers([server(peer)])
  expect(await open.search('echo')).toContain('mcp__h__echo')
  expect(await open.call('mcp__h__echo', { a: 1 })).toEqual({ ok: true, output: '{"a":1}' })
  expect(peer.seen.at(-1)?.headers['mcp-session-id']).toBe('s1')
})

test.each<[string, Parameters<typeof httpPeer>[0], RegExp]>([
  ['never answers', () => true, /did not answer within 0\.5 s/u],
  [
    'redirects elsewhere',
    (_request, response) => (response.writeHead(307, { location: 'http://127.0.0.1:1/mcp' }).end(), true),
    /not used/u,
  ],
  [
    'answers no JSON',
    (_request, response) => (response.writeHead(200, { 'content-type': 'application/json' }).end('{'), true),
    /not used/u,
  ],
  [
    'answers a page',
    (_request, response) => (response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'), true),
    /not used/u,
  ],
  ['fails', (_request, response) => (response.writeHead(500).end('e'.repeat(1 << 20)), true), /not used/u],
  ['hangs up', (_request, response) => (response.destroy(), true), /not used/u],
  [
    'sends without an end',
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(1 << 16)));
      }
      response.on('drain', more)
      more()
      return true
    },
    /larger than 16 MiB|did not answer/u,
  ],
])('a server that %s is left out and said', async (_name, misbehave, why) => {
  await using peer = await httpPeer(misbehave)
  await using open = await openPeers([server(peer, why.source.includes('0\\.5') ? 500 : 5_000)])
  const said = await open.search('echo')
  expect(said).toMatch(why)
  expect(said.length).toBeLessThan(2_000)
})

test('a session that ends does not wait for a server that is still starting', async () => {
  await using peer = await httpPeer(() => true)
  const open = await openPeers([server(peer, 600_000)])
  await expect.poll(() => peer.seen.length).toBe(1)
  await open[Symbol.asyncDispose]()
  expect(open.problems).toEqual([])
})

test('an answer without an end, and one that breaks off, cost that call at once', async () => {
  let how = ''
  await using peer = await httpPeer(({ rpc }, response) => {
    if (rpc !== 'tools/call' || how === '') return false
    response.writeHead(200, sse)
    if (how === 'reset') {
      response.write(notice)
      setTimeout(() => response.destroy(), 50)
      return true
    }
    const more = () => {
      while (!response.destroyed && response.write(notice));
    }
    response.on('drain', more)
    more()
    return true
  })
  await using open = await openPeers([server(peer, 5_000, 30_000)])
  await open.search('')
  how = 'endless'
  expect(await open.call('mcp__h__echo')).toMatch(/larger than 16 MiB/u)
  how = 'reset'
  expect(await open.call('mcp__h__echo')).toMatch(/closed|broke|terminated|ended/u)
  how = ''
  expect(await open.call('mcp__h__echo', { a: 1 })).toMatchObject({ output: '{"a":1}' })
}, 15_000)

test('a stream that nobody asked for is read within bounds, and opened no more than so often', async () => {
  let how = 'flood'
  let opened = 0
  await using peer = await httpPeer(({ method }, response) => {
    if (method !== 'GET') return false
    opened += 1
    response.writeHead(200, sse)
    if (how === 'again') {
      response.end('retry: 0\n\n')
      return true
    }
    const more = () => {
      while (!response.destroyed && response.write(notice));
    }
    response.on('drain', more)
    more()
    return true
  })
  await using open = await openPeers([server(peer)])
  await open.search('')
  expect(await open.call('mcp__h__echo', { a: 1 })).toMatchObject({ output: '{"a":1}' })
  how = 'again'
  await using other = await openPeers([server(peer)])
  await other.search('')
  await wait(700)
  expect(await other.call('mcp__h__echo', { a: 1 })).toMatchObject({ output: '{"a":1}' })
  expect(opened).toBeLessThan(40)
})

test('a session that the server has forgotten is begun anew, and the call made in it', async () => {
  let forgotten = false
  await using peer = await httpPeer(({ rpc, headers }, response) => {
    if (rpc === 'initialize') forgotten = false
    if (!forgotten || headers['mcp-session-id'] === undefined) return false
    response.writeHead(404).end()
    return true
  })
  await using open = await openPeers([server(peer)])
  await open.search('')
  forgotten = true
  expect(await open.call('mcp__h__echo', { a: 1 })).toMatchObject({ output: '{"a":1}' })
  expect(peer.seen.filter(({ rpc }) => rpc === 'initialize')).toHaveLength(2)
})
