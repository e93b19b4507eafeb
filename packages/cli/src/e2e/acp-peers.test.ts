import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { acpRig, startAcp } from './testing/acp-rig.ts'
import { cliRig, exec, pause, type CliRig } from './testing/cli-rig.ts'

/** A client that writes what it likes, and the lines that come back. */
function rawClient(cli: CliRig) {
  const child = startAcp(cli)
  let out = ''
  child.stdout?.on('data', (piece: Buffer) => (out += piece.toString('utf8')))
  const closed = once(child, 'close')
  const lines = () => out.split('\n').filter((line) => line !== '')
  return {
    child,
    lines,
    write: (text: string) => child.stdin?.write(text),
    end: () => child.stdin?.end(),
    closed,
    async until(holds: (line: string) => boolean) {
      const end = performance.now() + 15_000
      while (!lines().some(holds)) {
        if (performance.now() > end) throw new Error(`it never came: ${out.slice(-2_000)}`)
        await pause(10)
      }
    },
  }
}

const INIT = `${JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: 1 } })}\n`

test('garbage, wrong types and unknown methods get errors, and the connection lives', async () => {
  await using cli = await cliRig([{ text: 'hello' }])
  const peer = rawClient(cli)
  peer.write(INIT)
  await peer.until((line) => line.includes('protocolVersion'))
  const bad = [
    'no json at all',
    '[]',
    '42',
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"2.0","id":7,"method":"no/such"}',
    '{"jsonrpc":"2.0","id":8,"method":"session/new","params":{"cwd":5}}',
    '{"jsonrpc":"2.0","id":9,"method":"session/prompt","params":{"sessionId":"x","prompt":[{"type":"smell"}]}}',
    '{"jsonrpc":"2.0","id":10,"method":"_cairn/session/steer","params":{"sessionId":1}}',
    '{"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":"nobody"}}',
    '{"jsonrpc":"2.0","id":99,"result":{"outcome":"to nothing that was asked"}}',
    '\u0000\u0001\u0002',
  ]
  peer.write(`${bad.join('\n')}\n`)
  const request = { jsonrpc: '2.0', id: 11, method: 'session/new', params: { cwd: cli.cwd, mcpServers: [] } }
  peer.write(`${JSON.stringify(request)}\n`)
  await peer.until((line) => line.includes('"id":11') && line.includes('sessionId'))
  for (const id of [7, 8, 9, 10])
    expect(peer.lines().find((line) => line.includes(`"id":${id},`))).toContain('error')
  for (const line of peer.lines()) expect(() => JSON.parse(line)).not.toThrow()
  peer.end()
  expect((await peer.closed)[0]).toBe(0)
}, 60_000)

test('a line without an end is not kept for ever', async () => {
  await using cli = await cliRig([{ text: 'hello' }])
  const peer = rawClient(cli)
  peer.write(INIT)
  await peer.until((line) => line.includes('protocolVersion'))
  peer.child.stdin?.on('error', () => undefined)
  const piece = 'x'.repeat(1024 * 1024)
  for (let n = 0; n < 60 && peer.child.exitCode === null; n += 1)
    if (peer.child.stdin?.write(piece) === false)
      await Promise.race([once(peer.child.stdin, 'drain').catch(() => undefined), peer.closed])
  await peer.closed
  expect(peer.child.signalCode).toBe(null)
}, 60_000)

test('a client that vanishes in mid-turn ends the turn and its commands', async () => {
  await using rig = await acpRig([{ calls: [exec('sleep 61.25')] }])
  const id = await rig.newSession()
  const turn = rig.say(id, 'wait').catch(() => undefined)
  await rig.until(() => rig.updates.some(({ update }) => update.sessionUpdate === 'tool_call'))
  await pause(300)
  rig.child.stdin?.destroy()
  rig.child.stdout?.destroy()
  expect(await rig.exit).toBe(0)
  rig.connection.close()
  await turn
  const left = spawn('pgrep', ['-f', 'sleep 61.25'])
  expect((await once(left, 'close'))[0]).toBe(1)
}, 60_000)

test('a client that never answers a question does not hold a cancelled turn', async () => {
  await using rig = await acpRig([{ calls: [exec('git reset --hard')] }, { text: 'fine' }], {
    answer: () => new Promise(() => undefined),
  })
  const id = await rig.newSession()
  const turn = rig.say(id, 'go')
  await rig.until(() => rig.asked.length === 1)
  await rig.agent.notify('session/cancel', { sessionId: id })
  expect(await turn).toMatchObject({ stopReason: 'cancelled' })
}, 60_000)

test('a flood of prompts: one turn at a time, the others are refused', async () => {
  await using rig = await acpRig([{ calls: [exec('sleep 1')] }, { text: 'fine' }])
  const id = await rig.newSession()
  const settled = await Promise.allSettled(Array.from({ length: 200 }, (_, n) => rig.say(id, `prompt ${n}`)))
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(settled.find((each) => each.status === 'rejected')?.reason).toMatchObject({
    message: expect.stringContaining('a turn is under way'),
  })
}, 60_000)

test('a client without the method for questions denies', async () => {
  await using rig = await acpRig([{ calls: [exec('git reset --hard')] }, { text: 'fine' }], {
    answer: () => {
      throw new Error('no such thing here')
    },
  })
  const id = await rig.newSession()
  expect(await rig.say(id, 'go')).toMatchObject({ stopReason: 'end_turn' })
  expect(rig.cli.server.requests[1]?.text).toContain('could not ask')
}, 60_000)
