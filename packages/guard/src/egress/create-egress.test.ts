import { createServer as createHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { parsePolicy } from '../policy/parse-policy.ts'
import { createEgress } from './create-egress.ts'
import type { EgressOptions } from './create-egress.ts'
import type { EgressEvent } from './egress-event.ts'

const secret = 'Zq8-v2RkT5.wX9_mB3nL7pC1'
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  closing.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

/** A web server that remembers what it was sent. */
const upstream = async () => {
  const seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = []
  const port = await listen(
    createHttp((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')))
      request.on('end', () => {
        seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
        if (request.url === '/away') response.writeHead(302, { Location: 'http://evil.example/' })
        if (request.url === '/big') return response.end('x'.repeat(100_000))
        response.end(`served ${request.url}`)
      })
    }),
  )
  return { port, seen }
}

/** A server that keeps every byte that it gets. */
const sink = async () => {
  let bytes = Buffer.alloc(0)
  let connections = 0
  const port = await listen(
    createServer((socket) => {
      connections++
      socket.on('data', (chunk) => (bytes = Buffer.concat([bytes, chunk])))
      socket.on('error', () => {})
    }),
  )
  return { port, bytes: () => bytes, connections: () => connections }
}

const proxy = async (rules: object[], options: Partial<EgressOptions> = {}) => {
  const events: EgressEvent[] = []
  const text = JSON.stringify({
    version: 1,
    rules: rules.map((rule) => ({ effect: 'allow', reason: 'r', ...rule })),
  })
  const egress = createEgress({
    layers: [parsePolicy(text, 'user', 'policy.json')],
    secrets: [secret],
    now: () => Date.now(),
    onEvent: (event) => events.push(event),
    ...options,
  })
  if (egress === null) throw new Error('no rule allows a host')
  const listener = createServer()
  egress.serve(listener)
  const port = await listen(listener)
  closing.push(() => egress.close())
  return { egress, port, events, phases: () => events.map(({ phase }) => phase) }
}

/** Sends bytes as they are; resolves with everything that comes until the end, or until `until` stands in it. */
const raw = (port: number, pieces: (string | Buffer)[], until?: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    closing.push(() => socket.destroy())
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (until !== undefined && answer.includes(until)) resolve(answer)
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
    const send = async () => {
      for (const piece of pieces) {
        if (socket.destroyed) return
        socket.write(piece)
        await sleep(2)
      }
    }
    void send()
  })

const get = (url: string, host: string, headers = '') =>
  `GET ${url} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`

describe('plain requests', () => {
  test('reach a host that is named, with the headers that belong to them, and are recorded', async () => {
    const { port: to, seen } = await upstream()
    const { port, events } = await proxy([{ id: 'local', host: [`127.0.0.1:${to}`] }])
    const answer = await raw(port, [
      get(
        `http://127.0.0.1:${to}/a%2Fb?c=d`,
        `127.0.0.1:${to}`,
        'X-Kept: yes\r\nConnection: X-Dropped\r\nX-Dropped: 1\r\nProxy-Authorization: Basic eA==\r\n',
      ),
    ])
    expect(answer).toMatch(/^HTTP\/1\.1 200 /u)
    expect(answer).toContain('served /a%2Fb?c=d')
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/a%2Fb?c=d' })
    expect(seen[0]?.headers).toMatchObject({ host: `127.0.0.1:${to}`, 'x-kept': 'yes' })
    expect(Object.keys(seen[0]?.headers ?? {})).not.toContain('x-dropped')
    expect(Object.keys(seen[0]?.headers ?? {})).not.toContain('proxy-authorization')
    expect(events.map(({ phase, rule, address, path }) => [phase, rule, address, path])).toEqual([
      ['opened', 'user:local', '127.0.0.1', '/a%2Fb?c=d'],
      ['closed', 'user:local', '127.0.0.1', '/a%2Fb?c=d'],
    ])
    expect(events[1]?.sent).toBeGreaterThan(20)
    expect(events[1]?.received).toBe('served /a%2Fb?c=d'.length)
  })

  test('bodies go through, with a length and in chunks', async () => {
    const { port: to, seen } = await upstream()
    const { port } = await proxy([{ id: 'local', host: [`127.0.0.1:${to}`] }])
    const url = `http://127.0.0.1:${to}/x`
    await raw(port, [
      `POST ${url} HTTP/1.1\r\nHost: 127.0.0.1:${to}\r\nContent-Length: 20000\r\n\r\n`,
      'b'.repeat(20_000),
    ])
    await raw(port, [
      `PUT ${url} HTTP/1.1\r\nHost: 127.0.0.1:${to}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      '5\r\nhello\r\n',
      '0\r\n\r\n',
    ])
    expect(seen.map(({ method, body }) => [method, body.length])).toEqual([
      ['POST', 20_000],
      ['PUT', 5],
    ])
  })

  test('a redirect is handed back and not followed', async () => {
    const { port: to } = await upstream()
    const { port, events } = await proxy([{ id: 'local', host: [`127.0.0.1:${to}`] }])
    const answer = await raw(port, [get(`http://127.0.0.1:${to}/away`, `127.0.0.1:${to}`)])
    expect(answer).toMatch(/^HTTP\/1\.1 302 [^]*Location: http:\/\/evil\.example\//u)
    expect(new Set(events.map(({ host }) => host))).toEqual(new Set(['127.0.0.1']))
  })

  test('other hosts, ports, methods and spellings are refused with the reason', async () => {
    const { port: to, seen } = await upstream()
    const { port, events } = await proxy([
      { id: 'local', host: [`127.0.0.1:${to}`], method: ['GET'] },
      { id: 'name', host: ['registry.example'] },
    ])
    const refused = async (url: string, host: string, method = 'GET') => {
      const answer = await raw(port, [`${method} ${url} HTTP/1.1\r\nHost: ${host}\r\n\r\n`])
      expect(answer, url).toMatch(/^HTTP\/1\.1 4\d\d /u)
      expect(answer).toContain('cairn egress: ')
    }
    await refused('http://evil.example/', 'evil.example')
    await refused('http://registry.example.evil/', 'registry.example.evil')
    await refused('http://registry.example:8080/', 'registry.example:8080')
    await refused(`http://127.0.0.1:${to}/`, `127.0.0.1:${to}`, 'POST')
    await refused(`http://127.0.0.1:${to}/`, 'registry.example')
    await refused(`http://registry.example@127.0.0.1:${to}/`, `127.0.0.1:${to}`)
    await refused('http://0x7f.1/', '0x7f.1')
    await refused('http://[::ffff:127.0.0.1]/', '[::ffff:127.0.0.1]')
    await refused('/origin-form', `127.0.0.1:${to}`)
    await refused('ftp://registry.example/', 'registry.example')
    await refused(`http://127.0.0.1:${to}/`, `127.0.0.1:${to}\r\nHost: evil.example`)
    expect(seen).toEqual([])
    expect(events.every(({ phase }) => phase === 'refused')).toBe(true)
    expect(events).toHaveLength(11)
  })

  test('every spelling of a host that is named leads to it', async () => {
    const { port: to, seen } = await upstream()
    const { port } = await proxy([{ id: 'local', host: [`127.0.0.1:${to}`] }])
    for (const host of ['0x7f.1', '2130706433', '[::ffff:127.0.0.1]', '127.0.0.1.'])
      await raw(port, [get(`http://${host}:${to}/`, `${host}:${to}`)])
    expect(seen).toHaveLength(4)
    expect(new Set(seen.map(({ headers }) => headers.host))).toEqual(new Set([`127.0.0.1:${to}`]))
  })
})

describe('addresses', () => {
  const resolveTo =
    (...answers: string[][]) =>
    async () =>
      answers.shift() ?? []

  test.each([
    ['127.0.0.1', 'loopback'],
    ['10.0.0.1', 'private'],
    ['169.254.169.254', 'metadata'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['fe80::1%eth0', 'no address'],
    ['evil', 'no address'],
  ])('a name that leads to %s is refused', async (address, why) => {
    const { port: to, connections } = await sink()
    const { port } = await proxy([{ id: 'name', host: [`name.example:${to}`] }], {
      resolve: resolveTo([address]),
    })
    expect(await raw(port, [get(`http://name.example:${to}/`, `name.example:${to}`)])).toContain(why)
    expect(connections()).toBe(0)
  })

  test('one bad address among good ones refuses the name', async () => {
    const { port: to, connections } = await sink()
    const { port, phases } = await proxy([{ id: 'name', host: [`name.example:${to}`] }], {
      resolve: resolveTo(['93.184.216.34', '127.0.0.1']),
    })
    await raw(port, [get(`http://name.example:${to}/`, `name.example:${to}`)])
    expect([connections(), phases()]).toEqual([0, ['refused']])
  })

  test('a name is asked for once, so that a second answer cannot lead elsewhere', async () => {
    const good = await upstream()
    const { port, events } = await proxy(
      [{ id: 'name', host: [`name.example:${good.port}`], address: ['127.0.0.1'] }],
      { resolve: resolveTo(['127.0.0.1'], ['127.0.0.2']) },
    )
    const url = `http://name.example:${good.port}/`
    expect(await raw(port, [get(url, `name.example:${good.port}`)])).toContain('served /')
    expect(events[0]).toMatchObject({ phase: 'opened', address: '127.0.0.1' })
    expect(good.seen[0]?.headers.host).toBe(`name.example:${good.port}`)
    // The second request asks anew, and is held to what the rule names.
    expect(await raw(port, [get(url, `name.example:${good.port}`)])).toContain('127.0.0.2 (loopback)')
  })

  test('a name without an address, and one that answers too late, fail with a reason', async () => {
    const { port } = await proxy([{ id: 'name', host: ['name.example'] }], { resolve: async () => [] })
    expect(await raw(port, [get('http://name.example/', 'name.example')])).toMatch(/502 [^]*has no address/u)
    const late = await proxy([{ id: 'name', host: ['name.example'] }], {
      resolve: () => new Promise(() => {}),
      limits: { dialMs: 30 },
    })
    expect(await raw(late.port, [get('http://name.example/', 'name.example')])).toContain('no answer in time')
  })

  test('the loopback interface by its name is named by that name', async () => {
    const { port: to, seen } = await upstream()
    const { port } = await proxy([{ id: 'local', host: [`localhost:${to}`] }], {
      resolve: async () => ['127.0.0.1'],
    })
    await raw(port, [get(`http://localhost:${to}/`, `localhost:${to}`)])
    expect(seen).toHaveLength(1)
  })
})

describe('tunnels', () => {
  const open = (host: string, port: number) =>
    `CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`

  /** The first bytes that a TLS client sends for a name. */
  const greeting = async (servername: string): Promise<Buffer> => {
    const { port, bytes } = await sink()
    const socket = connectTls({ port, host: '127.0.0.1', servername, rejectUnauthorized: false })
    socket.on('error', () => {})
    while (bytes().length === 0) await sleep(2)
    socket.destroy()
    return bytes()
  }
  const named = async (to: number, options: Partial<EgressOptions> = {}) =>
    proxy([{ id: 'name', host: [`name.example:${to}`], address: ['127.0.0.1'] }], {
      resolve: async () => ['127.0.0.1'],
      ...options,
    })

  test('carry TLS for the host that was asked for, byte for byte, in pieces too', async () => {
    const { port: to, bytes } = await sink()
    const { port, events } = await named(to)
    const hello = await greeting('NAME.example')
    const pieces = [...hello].map((_, at) => hello.subarray(at, at + 1)).slice(0, 60)
    void raw(port, [open('name.example', to), ...pieces, hello.subarray(60), 'application data'])
    while (!bytes().includes('application data')) await sleep(2)
    expect(bytes().subarray(0, hello.length)).toEqual(hello)
    expect(events[0]).toMatchObject({ phase: 'opened', method: 'CONNECT', host: 'name.example' })
  })

  test.each([
    ['another name', () => greeting('evil.example')],
    ['a name below', () => greeting('x.name.example')],
    ['no name', () => greeting('')],
    ['another protocol', async () => Buffer.from('SSH-2.0-x\r\n').fill(1, 0, 1)],
    ['a record of another kind', async () => Buffer.from([23, 3, 3, 0, 5, 1, 2, 3, 4, 5])],
    ['nonsense in a greeting', async () => Buffer.from([22, 3, 1, 0, 6, 1, 0, 0, 2, 9, 9])],
  ])('%s in the greeting cuts the tunnel before a byte leaves', async (_, make) => {
    const { port: to, bytes } = await sink()
    const { port, events } = await named(to)
    const answer = await raw(port, [open('name.example', to), await make()])
    expect(answer).toBe('HTTP/1.1 200 Connection established\r\n\r\n')
    expect(bytes()).toHaveLength(0)
    expect(events.some(({ phase, rule }) => phase === 'refused' && rule === 'proxy')).toBe(true)
  })

  test('a tunnel that says nothing is cut off', async () => {
    const { port: to, bytes } = await sink()
    const { port } = await named(to, { limits: { headMs: 30 } })
    await raw(port, [open('name.example', to), Buffer.from([22, 3])])
    expect(bytes()).toHaveLength(0)
  })

  test('a port, host or form that is not named is refused', async () => {
    const { port: to, connections } = await sink()
    const { port } = await named(to)
    for (const asked of [
      open('name.example', 22),
      open('evil.example', to),
      open('127.0.0.1', to),
      'CONNECT name.example HTTP/1.1\r\nHost: name.example\r\n\r\n',
      `CONNECT evil.example\0.name.example:${to} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `CONNECT http://name.example:${to}/ HTTP/1.1\r\nHost: x\r\n\r\n`,
    ])
      expect(await raw(port, [asked])).toMatch(/^HTTP\/1\.1 40[03] /u)
    expect(connections()).toBe(0)
  })

  test('plain HTTP in a tunnel is read request by request, and held to its host', async () => {
    const { port: to, seen } = await upstream()
    const { port, events } = await named(to)
    const host = `name.example:${to}`
    expect(await raw(port, [open('name.example', to), get('/inside', host)], 'served')).toContain(
      'served /inside',
    )
    expect(await raw(port, [open('name.example', to), get('/inside', 'evil.example')])).toContain(
      'another host',
    )
    expect(
      await raw(port, [open('name.example', to), get(`http://evil.example/`, 'evil.example')]),
    ).toContain('400')
    expect(await raw(port, [open('name.example', to), open('name.example', to)])).toContain('400')
    expect(seen.map(({ url }) => url)).toEqual(['/inside'])
    expect(events.filter(({ method }) => method === 'GET')[0]).toMatchObject({
      phase: 'opened',
      path: '/inside',
    })
  })

  test('what a host may get ends the tunnel', async () => {
    const { port: to, bytes } = await sink()
    const { port, events } = await proxy(
      [{ id: 'name', host: [`name.example:${to}`], address: ['127.0.0.1'], upload: 3000 }],
      { resolve: async () => ['127.0.0.1'] },
    )
    const hello = await greeting('name.example')
    await raw(port, [open('name.example', to), hello, 'x'.repeat(1000), 'y'.repeat(50_000), 'z'.repeat(1000)])
    expect(bytes().length).toBeLessThanOrEqual(3000)
    expect(events.at(-1)?.reason).toContain('"upload"')
    expect(await raw(port, [open('name.example', to)])).toMatch(/^HTTP\/1\.1 429 /u)
  })
})

describe('budgets and secrets', () => {
  test('an answer that is larger than allowed is cut off', async () => {
    const { port: to } = await upstream()
    const { port, events } = await proxy([{ id: 'local', host: [`127.0.0.1:${to}`], download: 5000 }])
    const answer = await raw(port, [get(`http://127.0.0.1:${to}/big`, `127.0.0.1:${to}`)])
    expect(answer.length).toBeLessThan(70_000)
    expect(events.at(-1)).toMatchObject({ phase: 'closed', reason: 'download used up' })
  })

  test.each([
    ['the path', (host: string) => get(`http://${host}/?q=${secret}`, host)],
    [
      'a header',
      (host: string) => get(`http://${host}/`, host, `X-A: ${Buffer.from(secret).toString('base64')}\r\n`),
    ],
    [
      'the body',
      (host: string) =>
        `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${secret.length * 2}\r\n\r\n${Buffer.from(secret).toString('hex')}`,
    ],
  ])('a secret in %s does not leave', async (_, make) => {
    const { port: to, bytes } = await sink()
    const { port, events } = await proxy([{ id: 'local', host: [`127.0.0.1:${to}`] }])
    expect(await raw(port, [make(`127.0.0.1:${to}`)])).toMatch(/^HTTP\/1\.1 403 [^]*holds a secret/u)
    expect(bytes().toString('latin1')).not.toContain(secret.slice(0, 8))
    expect(JSON.stringify(events)).not.toContain(secret)
  })

  test('a secret in a long body, in pieces, does not leave', async () => {
    const { port: to, bytes } = await sink()
    const { port } = await proxy([{ id: 'local', host: [`127.0.0.1:${to}`] }])
    const host = `127.0.0.1:${to}`
    const head = `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
    await raw(port, [head, chunk('x'.repeat(30_000)), ...[...secret].map(chunk), chunk('y'.repeat(20_000))])
    expect(bytes().length).toBeGreaterThan(10_000)
    expect(bytes().toString('latin1')).not.toContain(secret.slice(0, 3))
  })
})

describe('requests that are no requests', () => {
  test.each([
    [
      'two lengths',
      (h: string) =>
        `POST http://${h}/ HTTP/1.1\r\nHost: ${h}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    ],
    [
      'a length and chunks',
      (h: string) =>
        `POST http://${h}/ HTTP/1.1\r\nHost: ${h}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n`,
    ],
    [
      'an unknown coding',
      (h: string) =>
        `POST http://${h}/ HTTP/1.1\r\nHost: ${h}\r\nTransfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n`,
    ],
    [
      'a folded header',
      (h: string) => `GET http://${h}/ HTTP/1.1\r\nHost: ${h}\r\nX: a\r\n Transfer-Encoding: chunked\r\n\r\n`,
    ],
    ['a blank before the colon', (h: string) => `GET http://${h}/ HTTP/1.1\r\nHost : ${h}\r\n\r\n`],
    ['no host', (h: string) => `GET http://${h}/ HTTP/1.1\r\n\r\n`],
    ['bare line feeds', (h: string) => `GET http://${h}/ HTTP/1.1\nHost: ${h}\nX: y\n\n`],
    ['noise', () => '\u0016\u0003\u0001 hello'],
    [
      'a head without an end',
      (h: string) => `GET http://${h}/ HTTP/1.1\r\nHost: ${h}\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
    ],
  ])('%s', async (_, make) => {
    const { port: to, seen } = await upstream()
    const { port, events } = await proxy([{ id: 'local', host: [`127.0.0.1:${to}`] }])
    expect(await raw(port, [make(`127.0.0.1:${to}`)])).toMatch(/^HTTP\/1\.1 4\d\d /u)
    expect(seen.map(({ url }) => url)).not.toContain('/smuggled')
    expect(events.every(({ phase }) => phase !== 'opened')).toBe(true)
  })

  test('a second request on the same connection is not carried out', async () => {
    const { port: to, seen } = await upstream()
    const { port } = await proxy([{ id: 'local', host: [`127.0.0.1:${to}`] }])
    const one = (path: string) => get(`http://127.0.0.1:${to}${path}`, `127.0.0.1:${to}`)
    await raw(port, [one('/first') + one('/second')])
    expect(seen.map(({ url }) => url)).toEqual(['/first'])
  })

  test('a head that comes too slowly is given up', async () => {
    const { port: to, seen } = await upstream()
    const { port } = await proxy([{ id: 'local', host: [`127.0.0.1:${to}`] }], { limits: { headMs: 50 } })
    const drops = [...'GET http://127.0.0.1/ HTTP/1.1\r\n', ...'X-Slow: yes\r\n'.repeat(50)]
    expect(await raw(port, drops)).toMatch(/^HTTP\/1\.1 408 /u)
    expect(seen).toEqual([])
  })

  test('more connections than allowed are turned away', async () => {
    const { port } = await proxy([{ id: 'name', host: ['name.example'] }], { limits: { connections: 2 } })
    void raw(port, ['GET'])
    void raw(port, ['GET'])
    await sleep(30)
    expect(await raw(port, [])).toMatch(/^HTTP\/1\.1 503 /u)
  })
})

test('a host that needs a person is refused where nobody is there, and asked for where somebody is', async () => {
  const { port: to, seen } = await upstream()
  const rules = [
    { id: 'local', host: [`127.0.0.1:${to}`] },
    { id: 'first', effect: 'ask', host: ['127.0.0.1'] },
  ]
  const alone = await proxy(rules)
  const request = get(`http://127.0.0.1:${to}/`, `127.0.0.1:${to}`)
  expect(await raw(alone.port, [request])).toMatch(/^HTTP\/1\.1 403 /u)
  // A yes leads on to what the rules say beyond the question.
  const asked: string[] = []
  const attended = await proxy(rules, {
    ask: async ({ host, port }) => {
      asked.push(`${host}:${port}`)
      return true
    },
  })
  expect(await raw(attended.port, [request])).toContain('served /')
  expect(asked).toEqual([`127.0.0.1:${to}`])
  expect(seen).toHaveLength(1)
})

test('without a rule that allows a host there is no proxy', () => {
  const layers = [parsePolicy('{"version":1,"rules":[]}', 'user', 'f')]
  expect(createEgress({ layers, secrets: [], now: Date.now, onEvent: () => {} })).toBeNull()
})
