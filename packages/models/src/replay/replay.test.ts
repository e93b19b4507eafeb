import { expect, test } from 'vitest'
import type { ModelError } from '../model-error.ts'
import type { Item, ModelRequest } from '../model.ts'
import { collect } from '../testing/collect.ts'
import { EXEC, HELLO, modelOn, never, requestOf } from '../testing/harness.ts'
import { scriptedServer } from '../testing/scripted-server.ts'
import { recordModel } from './record-model.ts'
import { replayModel } from './replay-model.ts'

const next = (text: string): Item => ({ type: 'user', parts: [{ type: 'text', text }] })

/** A recording keeps what an error says, not where it came from. */
const withoutCause = ({ code, message, hint, status }: ModelError) => ({ code, message, hint, status })

/** Three calls: one with a retry, one that fails, one more. */
async function recorded(): Promise<{ lines: string[]; requests: ModelRequest[]; answers: unknown[] }> {
  await using server = await scriptedServer([
    { status: 500 },
    { text: 'one', reasoning: 'r', calls: [{ tool: 'exec', args: '{"cmd": "ls' }] },
    { status: 400, body: { error: { message: 'maximum context length is 10 tokens' } } },
    { text: 'three' },
  ])
  const lines: string[] = []
  const { model } = await modelOn(server, 'chat')
  const recording = recordModel(model, (line) => lines.push(line))
  const items: Item[] = [HELLO]
  const requests: ModelRequest[] = []
  const answers: unknown[] = []
  for (const step of ['two', 'three', 'four']) {
    const request = requestOf([...items], { effort: 'low', cacheKey: 'session-a' })
    requests.push(request)
    answers.push(await collect(recording.stream(request, { signal: never })).catch(withoutCause))
    items.push(next(step))
  }
  return { lines, requests, answers }
}

test('a replay gives the same events and errors without a server', async () => {
  const { lines, requests, answers } = await recorded()
  const replay = replayModel(lines)
  expect(replay.info).toMatchObject({ provider: 'openai-compatible', id: 'm' })
  for (const [i, request] of requests.entries()) {
    // Routing keys belong to the session, not to the request.
    const again = collect(replay.stream({ ...request, cacheKey: 'session-b' }, { signal: never }))
    const got = await again.catch(withoutCause)
    expect(got).toEqual(answers[i])
  }
  expect(answers[1]).toMatchObject({ code: 'context-overflow', status: 400 })
})

test('a recording grows with what is new, not with the history', async () => {
  const { lines } = await recorded()
  expect(lines).toHaveLength(4)
  expect(lines.slice(2).some((line) => line.includes('hello') || line.includes(EXEC.description))).toBe(false)
})

test.each<[string, (request: ModelRequest) => ModelRequest, RegExp]>([
  [
    'text',
    (r) => ({ ...r, items: [next('hallo')] }),
    /request\.items\[0\]\.parts\[0\]\.text: recorded "hello", got "hallo"/,
  ],
  ['system', (r) => ({ ...r, system: 'be brave' }), /request\.system: recorded "be brief", got "be brave"/],
  ['length', (r) => ({ ...r, items: [...r.items, HELLO] }), /request\.items has 2 entries, recorded were 1/],
  [
    'tools',
    (r) => ({ ...r, tools: [{ ...EXEC, name: 'run' }] }),
    /request\.tools\[0\]\.name: recorded "exec", got "run"/,
  ],
  ['effort', (r) => ({ ...r, effort: 'high' }), /request\.effort: recorded "low", got "high"/],
  ['limit', (r) => ({ ...r, maxOutput: 5 }), /request\.maxOutput: recorded nothing, got 5/],
])('a request with another %s is told where it differs', async (_, change, message) => {
  const { lines, requests } = await recorded()
  const [first] = requests
  if (!first) throw new Error('nothing recorded')
  const attempt = collect(replayModel(lines).stream(change(first), { signal: never }))
  const error: ModelError = await attempt.then(
    () => expect.unreachable(),
    (thrown) => thrown,
  )
  expect(error.code).toBe('replay-mismatch')
  expect(error.message).toMatch(message)
})

test('a used-up or broken recording says so', async () => {
  const { lines, requests } = await recorded()
  const [first] = requests
  if (!first) throw new Error('nothing recorded')
  const replay = replayModel(lines.slice(0, 2))
  await collect(replay.stream(first, { signal: never }))
  await expect(collect(replay.stream(first, { signal: never }))).rejects.toMatchObject({
    code: 'replay-mismatch',
  })
  expect(() => replayModel([])).toThrow('the recording is empty')
  expect(() => replayModel(['{"v":1'])).toThrow('not JSON')
})

test('the order of keys in a schema makes no difference', async () => {
  const { lines, requests } = await recorded()
  const [first] = requests
  if (!first) throw new Error('nothing recorded')
  const tools = first.tools.map((tool) => ({
    ...tool,
    schema: Object.fromEntries(Object.entries(tool.schema).toReversed()),
  }))
  expect((await collect(replayModel(lines).stream({ ...first, tools }, { signal: never }))).text).toBe('one')
})
