import type { ScriptedCall } from '@cairn/models/testing'
import type { Wire } from '@cairn/models'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sessionRig } from './testing/session-rig.ts'

const WIRES: Wire[] = ['chat', 'responses', 'messages', 'gemini']
const call = (tool: string, args: unknown): ScriptedCall => ({
  tool,
  args: typeof args === 'string' ? args : JSON.stringify(args),
})
const exec = (command: string) => call('exec', { command })

test.each(WIRES)('%s: calls run, results come back, each request extends the one before', async (wire) => {
  await using rig = await sessionRig(
    ({ index }) =>
      index < 5 ? { text: `step ${index}`, calls: [exec(`echo out-${index}`)] } : { text: 'that is all' },
    { wire },
  )
  const end = await rig.run('do it')
  expect(end).toMatchObject({ status: 'answered', summary: 'that is all' })
  expect(rig.of('tool.done').map((event) => event.body.output)).toEqual(
    [0, 1, 2, 3, 4].map((n) => `[exit 0]\nout-${n}`),
  )
  expect(rig.server.requests.length).toBe(6)
  for (const text of ['do it', 'out-0', 'out-4']) expect(rig.server.requests[5]?.text).toContain(text)
})

test.each(WIRES)(
  '%s: what is malformed, mistyped or unknown is told to the model and never run',
  async (wire) => {
    await using rig = await sessionRig(
      [
        { calls: [call('exec', wire === 'gemini' ? { command: 5 } : '{"command":"touch ran')] },
        { calls: [call('exec', { command: ['touch', 'ran'] })] },
        { calls: [call('frobnicate', { command: 'touch ran' })] },
        { calls: [call('exec', { command: 'echo fine', sandbox: false })] },
        { text: 'end' },
      ],
      { wire },
    )
    expect((await rig.run('go')).status).toBe('answered')
    expect(existsSync(join(rig.cwd, 'ran'))).toBe(false)
    const outputs = rig.of('tool.done').map((event) => event.body.output)
    expect(outputs).toHaveLength(4)
    for (const output of outputs) expect(output).toContain('Nothing was executed')
    expect(outputs[2]).toContain('there is no tool "frobnicate". Tools: exec, ')
    expect(outputs[3]).toContain('sandbox')
  },
)

test('faults of the server are sat out as they ask for, and a cut stream is void', async () => {
  const waits: number[] = []
  await using rig = await sessionRig(
    [
      { status: 500 },
      { status: 500 },
      { calls: [exec('echo one')] },
      { status: 429, headers: { 'retry-after': '7' } },
      { text: 'half of', calls: [exec('touch half')], cutAt: 60 },
      { text: 'end' },
    ],
    {
      sleep: async (ms) => {
        waits.push(ms)
      },
    },
  )
  expect((await rig.run('go')).summary).toBe('end')
  expect(waits[0]).toBeLessThanOrEqual(300)
  expect(waits[1]).toBeLessThanOrEqual(600)
  expect(waits[2]).toBe(7_000)
  expect(existsSync(join(rig.cwd, 'half'))).toBe(false)
  expect(rig.of('model.retried').length).toBeGreaterThanOrEqual(4)
})

test('a wrong key ends the session with the reason', async () => {
  await using rig = await sessionRig([{ status: 401, body: { error: { message: 'bad key' } } }])
  const end = await rig.run('go')
  expect(end.status).toBe('failed')
  expect(end.summary).toContain('key')
})

test('several calls of one answer all run, in order, and reads run together', async () => {
  await using rig = await sessionRig(
    [
      {
        calls: [
          call('read', { path: 'a.txt' }),
          call('read', { path: 'b.txt' }),
          exec('echo x > c.txt'),
          call('read', { path: 'c.txt' }),
        ],
      },
      { text: 'end' },
    ],
    { files: { 'a.txt': 'alpha\n', 'b.txt': 'beta\n' } },
  )
  await rig.run('go')
  expect(rig.of('tool.done').map((event) => event.body.output)).toEqual([
    '[a.txt, 1 lines]\n1\talpha',
    '[b.txt, 1 lines]\n1\tbeta',
    '[exit 0]',
    '[c.txt, 1 lines]\n1\tx',
  ])
})

const CHECK = { command: 'test "$(cat answer.txt)" = 42', origin: 'given' } as const

test('finish is refused while the check is red, and accepted once it is green', async () => {
  await using rig = await sessionRig(
    [
      {
        calls: [
          call('finish', {
            summary: 'all done',
            claims: [{ claim: 'answer is right', evidence: ['I checked'] }],
          }),
        ],
      },
      { calls: [call('edit', { path: 'answer.txt', old: '41', new: '42' })] },
      { calls: [call('finish', { summary: 'now it is' })] },
    ],
    { files: { 'answer.txt': '41\n' } },
  )
  const end = await rig.run('make the answer 42', { check: CHECK })
  expect(end).toMatchObject({ status: 'done', summary: 'now it is' })
  expect(end.evidence).toHaveLength(1)
  expect(rig.of('gate.decided').map((event) => event.body.accepted)).toEqual([false, true])
  expect(readFileSync(join(rig.cwd, 'answer.txt'), 'utf8')).toBe('42\n')
})

test('green evidence does not survive a later change', async () => {
  await using rig = await sessionRig(
    [
      { calls: [exec(CHECK.command)] },
      { calls: [exec('echo 41 > answer.txt')] },
      { calls: [call('finish', { summary: 'done, it was green' })] },
      { text: 'I give up.' },
      { text: 'I give up.' },
      { text: 'I give up.' },
    ],
    { files: { 'answer.txt': '42\n' } },
  )
  const end = await rig.run('keep the answer', { check: CHECK })
  expect(end.status).toBe('blocked')
  expect(end.openItems.join()).toContain('is red')
})

test('open items are honest, and not done', async () => {
  await using rig = await sessionRig(
    [{ calls: [call('finish', { summary: 'partly', open_items: ['docs'] })] }],
    { files: { 'answer.txt': '42\n' } },
  )
  expect(await rig.run('go', { check: CHECK })).toMatchObject({
    status: 'done-with-open-items',
    openItems: ['docs'],
  })
})

test('a budget stops before the next call', async () => {
  await using rig = await sessionRig(({ index }) => ({ calls: [exec(`echo ${index}`)] }))
  expect((await rig.run('go', { budget: { steps: 3 } })).status).toBe('budget')
  expect(rig.server.requests.length).toBe(3)
})

test('the time that a budget gives ends a command that hangs', async () => {
  await using rig = await sessionRig([{ calls: [exec('sleep 60')] }, { text: 'never' }])
  expect(await rig.run('go', { budget: { seconds: 1 } })).toMatchObject({
    status: 'budget',
    summary: 'Stopped at the budget: 1 seconds used.',
  })
  expect(rig.of('tool.done')[0]?.body).toMatchObject({ ok: false, lost: 'cancelled' })
  expect(rig.server.requests.length).toBe(1)
})

test('cancel stops a running command at once', async () => {
  const abort = new AbortController()
  await using rig = await sessionRig([{ calls: [exec('touch started; sleep 60')] }])
  const running = rig.run('go', { signal: abort.signal })
  while (!existsSync(join(rig.cwd, 'started'))) await new Promise((resolve) => setTimeout(resolve, 20))
  abort.abort()
  expect((await running).status).toBe('cancelled')
})

test('a resumed session sends the same bytes, closes what was open and repeats nothing', async () => {
  await using rig = await sessionRig([
    { calls: [exec('echo a >> log')] },
    { text: 'first' },
    { text: 'second' },
  ])
  await rig.run('one')
  const before = rig.server.requests.at(-1)?.text ?? ''
  await rig.run('two')
  const after = rig.server.requests.at(-1)?.text ?? ''
  const messages = (text: string) =>
    JSON.stringify((JSON.parse(text) as { messages: unknown[] }).messages).slice(0, -1)
  expect(messages(after).startsWith(messages(before))).toBe(true)
  expect(readFileSync(join(rig.cwd, 'log'), 'utf8')).toBe('a\n')
})

test.each(WIRES)(
  '%s: a session resumed after an answer never sends a transcript that ends with it',
  async (wire) => {
    await using rig = await sessionRig([{ text: 'first' }, { text: 'second' }], { wire })
    await rig.run('one')
    expect((await rig.run(null)).summary).toBe('second')
    const [said] = rig.of('harness.message')
    expect(said?.body.reason).toBe('resumed')
    const sent = rig.server.requests[1]?.text ?? ''
    expect(sent.indexOf('The session was resumed')).toBeGreaterThan(sent.indexOf('first'))
  },
)

test('plan and note become events', async () => {
  await using rig = await sessionRig([
    {
      calls: [
        call('plan', { items: [{ text: 'look', status: 'active' }] }),
        call('note', { type: 'decision', text: 'use tabs', key: 'style' }),
      ],
    },
    { text: 'end' },
  ])
  await rig.run('go')
  expect(rig.of('plan.updated')[0]?.body.items).toEqual([{ text: 'look', status: 'active' }])
  expect(rig.of('note.written')[0]?.body).toMatchObject({ type: 'decision', text: 'use tabs', key: 'style' })
})

test('an output of 50 MB on one line stays small in the request', async () => {
  await using rig = await sessionRig([
    { calls: [exec('head -c 50000000 /dev/zero | tr "\\0" x')] },
    { text: 'end' },
  ])
  expect((await rig.run('go')).status).toBe('answered')
  expect(rig.server.requests[1]?.text.length).toBeLessThan(60_000)
  expect(rig.of('tool.done')[0]?.body.full?.bytes).toBe(50_000_000)
}, 60_000)
