import { createHmac } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findCheckpoints } from '../event-proof.ts'
import { loadOrCreateKey, readVkey } from '../key-file.ts'
import { openStore } from '../open-store.ts'
import { message } from '../testing/events.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { verifyLog } from '../verify-log.ts'
import { anchorSession } from './anchor-session.ts'
import { parseAnchors } from './anchor-target.ts'

const TIME = Date.parse('2026-11-23T12:00:00Z')

function session() {
  const dir = tempDir()
  const key = loadOrCreateKey(dir)
  const journal = join(dir, 'a.db')
  const store = openStore(journal, { sessionId: 'anchored', mode: 'writer', now: () => TIME, key })
  store.append([message('one'), message('two')])
  store.close()
  const waits: number[] = []
  const anchor = (targets: string) =>
    anchorSession({
      journal,
      session: 'anchored',
      key,
      targets: parseAnchors(targets),
      secret: 'hook secret',
      now: () => TIME,
      host: 'a host',
      pid: 7,
      sleep: async (ms) => void waits.push(ms),
    })
  const anchored = () => {
    const reader = openStore(journal, { sessionId: 'anchored', mode: 'reader', now: () => TIME })
    const bodies = [...reader.read()].flatMap((event) => (event.kind === 'log.anchored' ? [event.body] : []))
    reader.close()
    return bodies
  }
  return { dir, journal, anchor, anchored, waits, vkey: readVkey(dir) }
}

/** An HTTP server whose first answers are these. */
async function http(...statuses: number[]) {
  const seen: { request: IncomingMessage; body: string }[] = []
  const server = createHttpServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    seen.push({ request, body })
    response.writeHead(statuses[seen.length - 1] ?? 200).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return { seen, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

test('a file, syslog over UDP, TCP and a local socket, OTLP and a webhook each get the checkpoint', async () => {
  const rig = session()
  const udp = createSocket('udp4').bind(0, '127.0.0.1')
  await once(udp, 'listening')
  onTestFinished(() => void udp.close())
  const datagram = once(udp, 'message')
  const streams: string[] = []
  const listen = async (where: { port: number; host: string } | { path: string }) => {
    const server = createServer((socket) => socket.on('data', (data) => streams.push(String(data)))).listen(
      where,
    )
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    return server.address()
  }
  const tcp = await listen({ port: 0, host: '127.0.0.1' })
  await listen({ path: join(rig.dir, 'log') })
  const web = await http()
  const port = typeof tcp === 'object' && tcp !== null ? tcp.port : 0
  const { outcomes, note } = await rig.anchor(
    [
      `file://${rig.dir}/kept/anchors.jsonl`,
      `syslog+udp://127.0.0.1:${udp.address().port}`,
      `syslog+tcp://127.0.0.1:${port}`,
      `syslog+unix://${rig.dir}/log`,
      `otlp+http://127.0.0.1:${web.port}/v1/logs`,
      `webhook+http://127.0.0.1:${web.port}/hook?a=1`,
    ].join(' '),
  )
  expect(outcomes.map(({ ok, tries }) => [ok, tries])).toEqual(Array.from({ length: 6 }, () => [true, 1]))
  const syslog = String((await datagram)[0])
  expect(syslog).toMatch(
    /^<110>1 2026-11-23T12:00:00\.000Z ahost cairn 7 checkpoint \[cairn@32473 session="anchored" size="2" root="[0-9a-f]{64}" note="[\w-]+"\] /u,
  )
  expect(streams).toEqual(Array(2).fill(`${Buffer.byteLength(syslog)} ${syslog}`))
  expect(JSON.parse(readFileSync(join(rig.dir, 'kept/anchors.jsonl'), 'utf8'))).toMatchObject({
    session: 'anchored',
    size: 2,
    checkpoint: note,
  })
  const hook = web.seen.find(({ request }) => request.url === '/hook?a=1')
  const [, seconds = '', signature = ''] =
    /^t=(\d+),v1=([0-9a-f]+)$/u.exec(String(hook?.request.headers['cairn-signature'])) ?? []
  expect(createHmac('sha256', 'hook secret').update(`${seconds}.${hook?.body}`).digest('hex')).toBe(signature)
  const otlp = web.seen.find(({ request }) => request.url === '/v1/logs')?.body ?? ''
  expect(JSON.parse(otlp).resourceLogs[0].scopeLogs[0].logRecords[0].attributes).toContainEqual({
    key: 'cairn.checkpoint',
    value: { stringValue: note },
  })
  expect(rig.anchored().map(({ ok, size }) => [ok, size])).toEqual(Array.from({ length: 6 }, () => [true, 2]))
  expect((await verifyLog(rig.journal, { vkey: rig.vkey })).ok).toBe(true)
})

test('what fails is tried again, then written down, and never thrown', async () => {
  const rig = session()
  const web = await http(500, 503)
  const { outcomes } = await rig.anchor(
    `webhook+http://127.0.0.1:${web.port}/ otlp+http://127.0.0.1:1/v1/logs syslog+unix://${rig.dir}/none`,
  )
  expect(outcomes.map(({ ok, tries }) => [ok, tries])).toEqual([
    [true, 3],
    [false, 3],
    [false, 3],
  ])
  expect(rig.waits).toEqual(expect.arrayContaining([200, 800]))
  expect(rig.anchored().map(({ ok }) => ok)).toEqual([true, false, false])
})

test('an anchor finds what no journal can prove about itself: an end that was cut off', async () => {
  const rig = session()
  const { note } = await rig.anchor(`file://${rig.dir}/a.jsonl`)
  const anchors = findCheckpoints(JSON.parse(readFileSync(join(rig.dir, 'a.jsonl'), 'utf8')).checkpoint)
  expect(anchors).toEqual([note])
  const shorter = session()
  const result = await verifyLog(shorter.journal, { vkey: rig.vkey, anchors })
  expect(result.ok).toBe(false)
})

test.each(['nonsense', 'ftp://x', 'webhook+http://example.org/', 'otlp+https://user:pw@example.org/'])(
  'a target that is no good is told: %s',
  (word) => expect(() => parseAnchors(word)).toThrow(/Write one of|anchor/u),
)
