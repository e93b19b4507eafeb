import { validateWire } from '@cairn/context'
import type { Wire } from '@cairn/models'
import type { ScriptedServer } from '@cairn/models/testing'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, cliRig, exec, type CliResult } from './testing/cli-rig.ts'

const WIRES: Wire[] = ['chat', 'responses', 'messages', 'gemini']
/** The issue asks for 300; fewer show the same in the ordinary run. */
const TURNS = Number(process.env['CAIRN_TURNS'] ?? 25)

function expectValid({ requests }: ScriptedServer): void {
  for (const { wire, body, text, index } of requests)
    expect([index, validateWire(wire, body, { model: 'scripted', bytes: text.length })]).toEqual([index, []])
}

const outputs = (run: CliResult) =>
  run.events.filter((event) => event.type === 'tool.done').map((event) => event.output)

/** Everything that is sent as transcript, as text: the part that a provider caches. */
function transcript(wire: Wire, body: { [key: string]: unknown }): string {
  const list = body[wire === 'gemini' ? 'contents' : wire === 'responses' ? 'input' : 'messages']
  // Marks for the provider's cache move along; they are no part of what is cached.
  return JSON.stringify(list, (key, value: unknown) => (key === 'cache_control' ? undefined : value)).slice(
    0,
    -1,
  )
}

test.each(WIRES)(
  '%s: many turns, each request valid and an extension of the one before',
  async (wire) => {
    await using rig = await cliRig(({ index }) =>
      index < TURNS ? { text: `turn ${index}`, calls: [exec(`echo out-${index}`)] } : { text: 'end' },
    )
    const run = await rig.run('go', ['--context-window', '200000'], { wire })
    expect([run.code, run.last?.status, run.last?.['steps']]).toEqual([0, 'answered', TURNS + 1])
    expect(outputs(run)).toEqual(Array.from({ length: TURNS }, (_, n) => `[exit 0]\nout-${n}`))
    expectValid(rig.server)
    const sent = rig.server.requests.map(({ body }) => transcript(wire, body))
    for (let n = 1; n < sent.length; n += 1) expect(sent[n]?.startsWith(sent[n - 1] ?? '?')).toBe(true)
  },
  60_000 + TURNS * 1_000,
)

test.each(WIRES)(
  '%s: what is malformed, mistyped, unknown or cut off is answered and never executed',
  async (wire) => {
    const truncated = '{"command":"touch ran-'
    await using rig = await cliRig([
      // Gemini has no text of arguments on its wire: there an object of the wrong shape stands for it.
      { calls: [call('exec', wire === 'gemini' ? { command: 5 } : `${truncated}1`)] },
      { calls: [call('exec', { command: ['touch', 'ran-2'] })] },
      { calls: [call('frobnicate', { command: 'touch ran-3' })] },
      { calls: [call('exec', { command: 'touch ran-4', unsandboxed: true })] },
      { calls: [call('exec', { command: 'touch ran-5' })], finish: 'length', endAt: 400 },
      { calls: [exec('echo fine')] },
      { text: 'end' },
    ])
    const run = await rig.run('go', [], { wire })
    expect([run.code, run.last?.status]).toEqual([0, 'answered'])
    for (const output of outputs(run).slice(0, 4)) expect(output).toContain('Nothing was executed')
    for (let n = 1; n <= 5; n += 1) expect([n, existsSync(join(rig.cwd, `ran-${n}`))]).toEqual([n, false])
    expect(outputs(run).at(-1)).toBe('[exit 0]\nfine')
    expectValid(rig.server)
  },
)

test.each(WIRES)('%s: HTTP 500 twice, 429 with retry-after, a cut stream', async (wire) => {
  await using rig = await cliRig([
    { status: 500 },
    { status: 500 },
    { calls: [exec('echo one')] },
    { status: 429, headers: { 'retry-after': '1' } },
    { calls: [exec('echo two')] },
    { text: 'half of it', calls: [exec('touch half')], cutAt: 90 },
    { text: 'end' },
  ])
  const run = await rig.run('go', [], { wire })
  expect([run.code, run.last?.status, run.last?.['summary']]).toEqual([0, 'answered', 'end'])
  expect(existsSync(join(rig.cwd, 'half'))).toBe(false)
  const waits = run.events
    .filter((event) => event.type === 'model.retried')
    .map((event) => Number(event['waitMs']))
  expect(waits).toHaveLength(4)
  expect(waits[0]).toBeLessThanOrEqual(300)
  expect(waits[1]).toBeLessThanOrEqual(600)
  expect(waits[2]).toBe(1_000)
  expect(waits[3]).toBe(0)
  const { requests } = rig.server
  expect((requests[4]?.at ?? 0) - (requests[3]?.at ?? 0)).toBeGreaterThanOrEqual(1_000)
  expectValid(rig.server)
})

test.each(WIRES)('%s: garbage for an answer ends with a reason, exit 1', async (wire) => {
  await using rig = await cliRig([{ garbage: '<html>\u0000\u0001 it works!' }])
  const run = await rig.run('go', [], { wire })
  expect([run.code, run.last?.status]).toEqual([1, 'failed'])
  expect(run.last?.['summary']).toMatch(/answer|stream|response/i)
  expect(run.err).not.toMatch(/\n {4}at /)
})

test('nobody at the address ends with a reason and what to do, exit 1', async () => {
  await using rig = await cliRig([{ text: 'never' }])
  await rig.server.close()
  const run = await rig.run('go')
  expect([run.code, run.last?.status]).toEqual([1, 'failed'])
  expect(run.last?.['summary']).toMatch(/127\.0\.0\.1|refused|reach/)
  expect(run.err).not.toMatch(/\n {4}at /)
})

test('a model that repeats itself for ever is stopped: exit 3', async () => {
  await using rig = await cliRig([{ calls: [exec('echo again')] }])
  const run = await rig.run('go')
  expect([run.code, run.last?.status]).toEqual([3, 'blocked'])
  expect(rig.server.requests.length).toBe(40)
  expectValid(rig.server)
})
