import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { ModelError } from '../model-error.ts'
import { collect } from '../testing/collect.ts'
import { modelOn, never, requestOf, WIRES } from '../testing/harness.ts'
import type { Reply } from '../testing/reply.ts'
import { scriptedServer } from '../testing/scripted-server.ts'

const ANSWER = {
  reasoning: 'think it over',
  text: 'all is well',
  calls: [
    { tool: 'exec', args: '{"cmd":"ls -la"}' },
    { tool: 'exec', args: '{"cmd":"cat notes"}' },
  ],
} satisfies Reply

const failure = (promise: Promise<unknown>): Promise<ModelError> =>
  promise.then(
    () => {
      throw new Error('expected a failure')
    },
    (error: ModelError) => error,
  )

describe.each(WIRES)('%s: faults that pass', (wire) => {
  test.each([500, 502, 503, 529])('HTTP %i is tried again after at most 0.3 s and 0.6 s', async (status) => {
    await using server = await scriptedServer([{ status }, { status }, ANSWER])
    const { model, waits } = await modelOn(server, wire)
    const answer = await collect(model.stream(requestOf(), { signal: never }))
    expect(answer.text).toBe('all is well')
    expect(waits).toEqual([300, 600])
    expect(answer.retries.map((retry) => [retry.attempt, retry.code])).toEqual([
      [1, 'server'],
      [2, 'server'],
    ])
    expect(server.requests).toHaveLength(3)
  })

  test.each<[{ [name: string]: string }, string, number]>([
    [{ 'retry-after': '1' }, '', 1000],
    [{ 'retry-after-ms': '1234' }, '', 1234],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:00:03 GMT' }, '', 3000],
    [{}, 'Rate limit reached, please try again in 1.5s', 1500],
  ])('429 with %j %s waits exactly as asked', async (headers, message, expected) => {
    await using server = await scriptedServer([
      { status: 429, headers, body: { error: { message } } },
      ANSWER,
    ])
    const { model, waits } = await modelOn(server, wire)
    await collect(model.stream(requestOf(), { signal: never }))
    expect(waits).toEqual([expected])
  })

  test('503 with retry-after waits as asked', async () => {
    await using server = await scriptedServer([{ status: 503, headers: { 'retry-after': '2' } }, ANSWER])
    const { model, waits } = await modelOn(server, wire)
    await collect(model.stream(requestOf(), { signal: never }))
    expect(waits).toEqual([2000])
  })

  test.each(['cutAt', 'endAt'] as const)(
    'a stream that ends early (%s) is tried again at once, wherever',
    async (how) => {
      let point = 0
      await using server = await scriptedServer(({ index }) =>
        index % 2 === 0 ? { ...ANSWER, [how]: point } : ANSWER,
      )
      const { model, waits } = await modelOn(server, wire)
      for (point = 1; point < 900; point += 97) {
        const answer = await collect(model.stream(requestOf(), { signal: never }))
        expect(answer.retries.map((retry) => [retry.waitMs, retry.code])).toEqual([[0, 'cut']])
        const firstRetry = answer.events.findIndex((event) => event.type === 'retry')
        expect(answer.events.slice(0, firstRetry).some((event) => event.type === 'call')).toBe(false)
        expect(answer.text).toBe('all is well')
        expect(answer.calls.map((call) => call.args)).toEqual(ANSWER.calls.map((call) => call.args))
      }
      expect(waits).toEqual([])
    },
  )

  test('a second cut waits, a connection dropped before any byte counts as a cut', async () => {
    await using server = await scriptedServer([{ drop: true }, { drop: true }, ANSWER])
    const { model, waits } = await modelOn(server, wire)
    const answer = await collect(model.stream(requestOf(), { signal: never }))
    expect(answer.retries.map((retry) => retry.code)).toEqual(['cut', 'cut'])
    expect(waits).toEqual([300])
  })

  test('a silent server counts as cut when the idle time is over', async () => {
    await using server = await scriptedServer([{ hang: 'headers' }, { hang: 'body' }, ANSWER])
    const { model } = await modelOn(server, wire, { idleMs: 200 })
    const answer = await collect(model.stream(requestOf(), { signal: never }))
    expect(answer.retries.map((retry) => retry.code)).toEqual(['timeout', 'timeout'])
    expect(answer.text).toBe('all is well')
  })

  test('an answer with nothing in it is asked for once more, then returned as it is', async () => {
    await using server = await scriptedServer([{}])
    const { model } = await modelOn(server, wire)
    const answer = await collect(model.stream(requestOf(), { signal: never }))
    expect(answer.finish?.reason).toBe('other')
    expect(answer.finish?.usage.input).toBe(100)
    expect(server.requests).toHaveLength(2)
  })
})

describe.each(WIRES)('%s: no fault', (wire) => {
  test('connections are used again', async () => {
    await using server = await scriptedServer([ANSWER])
    const { model } = await modelOn(server, wire)
    for (let call = 0; call < 6; call++) await collect(model.stream(requestOf(), { signal: never }))
    expect(server.requests).toHaveLength(6)
    // Two, because a call may begin before the one before has let go of its socket.
    expect(server.connections).toBeLessThanOrEqual(2)
  })

  test('what a provider cannot take is told without a try', async () => {
    await using server = await scriptedServer([ANSWER])
    const { model } = await modelOn(server, wire)
    const cyclic: { [key: string]: unknown } = { type: 'object' }
    cyclic['self'] = cyclic
    const request = requestOf(undefined, { tools: [{ name: 't', description: 'd', schema: cyclic }] })
    const error = await failure(collect(model.stream(request, { signal: never })))
    expect(error.code).toBe('bad-request')
    expect(server.requests).toHaveLength(0)
  })

  test('a wait of zero seconds is no reason to hammer', async () => {
    await using server = await scriptedServer([{ status: 429, headers: { 'retry-after': '0' } }, ANSWER])
    const { model, waits } = await modelOn(server, wire)
    await collect(model.stream(requestOf(), { signal: never }))
    expect(waits).toEqual([300])
  })
})

describe.each(WIRES)('%s: faults that stay', (wire) => {
  test('six attempts in all', async () => {
    await using server = await scriptedServer([{ status: 500 }])
    const { model, waits } = await modelOn(server, wire)
    const error = await failure(collect(model.stream(requestOf(), { signal: never })))
    expect(error).toMatchObject({ code: 'server', status: 500, message: 'HTTP 500: scripted status 500' })
    expect(waits).toEqual([300, 600, 1200, 2400, 4800])
    expect(server.requests).toHaveLength(6)
  })

  test('nobody listens: three quick tries, then a hint with the address', async () => {
    // A port that the system gives to nobody: one that was just closed may be another test's by now.
    const origin = 'http://127.0.0.1:3'
    await using server = await scriptedServer([ANSWER])
    const silent = { baseUrl: (each: typeof wire) => server.baseUrl(each).replace(server.origin, origin) }
    const { model, waits } = await modelOn(silent, wire)
    const error = await failure(collect(model.stream(requestOf(), { signal: never })))
    expect(error.code).toBe('unreachable')
    expect(error.hint).toContain(`is the server running at ${origin}`)
    expect(waits).toEqual([100, 200])
  })

  test.each<[string, Reply]>([
    ['HTML', { garbage: '<!doctype html><title>Sign in</title>' }],
    ['HTML sent as an event stream', { garbage: '<html>Sign in</html>', contentType: 'text/event-stream' }],
    ['broken JSON', { garbage: 'data: {"Sign in": \n\n', contentType: 'text/event-stream' }],
    ['binary', { garbage: '\u0000\u0001\u0002 Sign in', contentType: 'application/octet-stream' }],
    ['another JSON', { garbage: '{"page":"Sign in"}', contentType: 'application/json' }],
  ])('%s instead of an answer', async (_, reply) => {
    await using server = await scriptedServer([reply])
    const { model } = await modelOn(server, wire)
    const error = await failure(collect(model.stream(requestOf(), { signal: never })))
    expect(error.code).toBe('bad-response')
    expect(error.message).toContain('Sign in')
    expect(server.requests).toHaveLength(3)
  })

  test.each<[string, number, unknown]>([
    [
      'context-overflow',
      400,
      { code: 'context_length_exceeded', message: 'Your input exceeds the context window of this model.' },
    ],
    [
      'context-overflow',
      400,
      { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
    ],
    [
      'context-overflow',
      400,
      { message: 'The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).' },
    ],
    ['context-overflow', 400, { message: "This model's maximum context length is 32768 tokens." }],
    [
      'context-overflow',
      400,
      { message: 'the request exceeds the available context size', type: 'exceed_context_size_error' },
    ],
    ['auth', 401, { message: 'Incorrect API key provided' }],
    ['auth', 403, { message: 'no access' }],
    ['policy', 400, { code: 'cyber_policy', message: 'This request was flagged' }],
    ['policy', 403, { code: 'content_policy_violation', message: 'not allowed' }],
    [
      'bad-native',
      400,
      { code: 'invalid_encrypted_content', message: 'The encrypted content could not be verified.' },
    ],
    ['bad-native', 400, { message: 'messages.1.content.0: Invalid `signature` in `thinking` block' }],
    ['bad-native', 400, { message: 'Function call is missing a thought_signature in functionCall parts.' }],
    ['too-large', 413, { message: 'request_too_large' }],
    [
      'quota',
      429,
      { code: 'insufficient_quota', message: 'You exceeded your current quota, please check your plan' },
    ],
    ['quota', 400, { message: 'Your credit balance is too low to access the API' }],
    ['quota', 402, { message: 'Insufficient Balance' }],
    ['bad-request', 400, { message: 'Unknown parameter: foo' }],
    ['bad-request', 404, { message: 'model not found' }],
  ])('%s (HTTP %i %j) is final', async (code, status, error) => {
    await using server = await scriptedServer([{ status, body: { error } }])
    const { model } = await modelOn(server, wire)
    const thrown = await failure(collect(model.stream(requestOf(), { signal: never })))
    expect(thrown).toMatchObject({ code, status })
    expect(thrown.hint).toBeTruthy()
    // What was asked must not ride along into logs.
    expect(JSON.stringify(Object.entries(thrown)) + inspect(thrown.cause)).not.toContain('be brief')
    expect(server.requests).toHaveLength(1)
  })

  test('a wait of an hour is not sat out', async () => {
    await using server = await scriptedServer([{ status: 429, headers: { 'retry-after': '3600' } }])
    const { model, waits } = await modelOn(server, wire)
    const error = await failure(collect(model.stream(requestOf(), { signal: never })))
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 3_600_000 })
    expect(waits).toEqual([])
  })

  test.each(['headers', 'body'] as const)('an abort closes the socket (hanging %s)', async (hang) => {
    await using server = await scriptedServer([{ hang }])
    const { model } = await modelOn(server, wire)
    const controller = new AbortController()
    const thrown = failure(collect(model.stream(requestOf(), { signal: controller.signal })))
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    controller.abort(new Error('user pressed escape'))
    expect(await thrown).toMatchObject({ code: 'aborted' })
    await server.abandoned(1)
  })

  test('an abort during a wait ends it', async () => {
    await using server = await scriptedServer([{ status: 429, headers: { 'retry-after': '60' } }])
    const controller = new AbortController()
    const { model } = await modelOn(server, wire, { sleep: async () => controller.abort() })
    const error = await failure(collect(model.stream(requestOf(), { signal: controller.signal })))
    expect(error.code).toBe('aborted')
    expect(server.requests).toHaveLength(1)
  })

  test('a consumer that leaves closes the socket', async () => {
    await using server = await scriptedServer([{ hang: 'body' }])
    const { model } = await modelOn(server, wire)
    for await (const event of model.stream(requestOf(), { signal: never })) {
      expect(event).toEqual({ type: 'text', delta: expect.any(String) })
      break
    }
    await server.abandoned(1)
  })

  test('words of the model are not taken for an error message', async () => {
    const garbage = 'data: {"text": "your credit balance, rate limit and content_policy" \n\n'
    await using server = await scriptedServer([{ garbage, contentType: 'text/event-stream' }])
    const { model } = await modelOn(server, wire)
    expect((await failure(collect(model.stream(requestOf(), { signal: never })))).code).toBe('bad-response')
  })
})

describe('faults inside a stream', () => {
  test.each<[string, string, string]>([
    [
      'messages',
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      'server',
    ],
    [
      'messages',
      'event: error\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"try again in 2s"}}\n\n',
      'rate-limited',
    ],
    ['chat', 'data: {"error":{"message":"Internal server error","code":500}}\n\n', 'server'],
    [
      'chat',
      'data: {"error":{"message":"maximum context length is 8192 tokens","code":400}}\n\n',
      'context-overflow',
    ],
    [
      'responses',
      'event: error\ndata: {"type":"error","sequence_number":0,"error":{"type":"server_error","code":"server_error","message":"sorry","param":null}}\n\n',
      'server',
    ],
    [
      'gemini',
      'data: {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}\r\n\r\n',
      'server',
    ],
  ])('%s: %s', async (wire, garbage, code) => {
    await using server = await scriptedServer([{ garbage, contentType: 'text/event-stream' }])
    const found = WIRES.find((name) => name === wire)
    if (!found) throw new Error(wire)
    const { model } = await modelOn(server, found)
    expect((await failure(collect(model.stream(requestOf(), { signal: never })))).code).toBe(code)
  })
})
