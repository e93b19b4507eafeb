import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Item, UserPart } from '../model.ts'
import { collect, type Collected } from '../testing/collect.ts'
import { HELLO, modelOn, never, PATCH, requestOf, WIRES } from '../testing/harness.ts'
import type { Reply } from '../testing/reply.ts'
import { type LoggedRequest, scriptedServer } from '../testing/scripted-server.ts'

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

function resultsOf(answer: Collected, parts: UserPart[] = [{ type: 'text', text: 'done' }]): Item {
  return { type: 'results', results: answer.calls.map(({ id, tool }) => ({ id, tool, ok: true, parts })) }
}

/** What of a body providers keep in their prompt cache: settings, tools, system, messages; without cache marks. */
function prefixParts({ body, wire }: LoggedRequest): { fixed: string; messages: string[] } {
  const { messages, input, contents, ...rest } = body
  const list = { responses: input, chat: messages, messages, gemini: contents }[wire]
  const plain = (value: unknown) =>
    JSON.stringify(value, (key, inner: unknown) => (key === 'cache_control' ? undefined : inner))
  return { fixed: plain(rest), messages: Array.isArray(list) ? list.map(plain) : [] }
}

describe.each(WIRES)('%s', (wire) => {
  test('streams reasoning, text and parallel calls, and tells usage and the model that served', async () => {
    const usage = {
      input: 50,
      cachedInput: 10,
      cacheWrite: wire === 'responses' || wire === 'messages' ? 5 : 0,
    }
    await using server = await scriptedServer([
      {
        reasoning: 'let me see',
        text: 'Grüße 👋',
        calls: [
          { tool: 'exec', id: 'a', args: '{"cmd":"ls"}' },
          { tool: 'exec', id: 'b', args: '{"cmd":"pwd"}' },
        ],
        usage: { ...usage, output: 9, reasoning: 4 },
        served: 'm-2026-11-01',
      },
    ])
    const { model } = await modelOn(server, wire)
    const answer = await collect(model.stream(requestOf(), { signal: never }))
    expect(answer.reasoning).toBe('let me see')
    expect(answer.text).toBe('Grüße 👋')
    expect(answer.calls).toEqual([
      { type: 'call', id: 'a', tool: 'exec', args: '{"cmd":"ls"}' },
      { type: 'call', id: 'b', tool: 'exec', args: '{"cmd":"pwd"}' },
    ])
    expect(answer.events.filter((event) => event.type === 'text').length).toBeGreaterThan(1)
    expect(answer.events.at(-1)).toBe(answer.finish)
    expect(answer.finish).toMatchObject({
      reason: 'calls',
      served: 'm-2026-11-01',
      usage: { ...usage, output: 9, reasoning: 4 },
    })
  })

  test.each(['length', 'filter', 'stop'] as const)('finish reason %s', async (finish) => {
    await using server = await scriptedServer([{ text: 'so', finish }])
    const { model } = await modelOn(server, wire)
    expect((await collect(model.stream(requestOf(), { signal: never }))).finish?.reason).toBe(finish)
  })

  test('takes an image from the user and from a tool', async () => {
    await using server = await scriptedServer([
      { calls: [{ tool: 'exec', args: '{"cmd":"shot"}' }] },
      { text: 'seen' },
    ])
    const { model } = await modelOn(server, wire)
    const image: UserPart = { type: 'image', mime: 'image/png', base64: PIXEL }
    const items: Item[] = [{ type: 'user', parts: [{ type: 'text', text: 'look' }, image] }]
    const answer = await collect(model.stream(requestOf(items), { signal: never }))
    items.push(answer.item, resultsOf(answer, [{ type: 'text', text: 'screen' }, image]))
    await collect(model.stream(requestOf(items), { signal: never }))
    expect(server.requests.map(({ text }) => text.split(PIXEL).length - 1)).toEqual([1, 2])
  })

  test('a freeform tool gives and takes back raw text', async () => {
    const patch = '*** Begin Patch\n"quoted" \\ {\n*** End Patch'
    await using server = await scriptedServer([
      { calls: [{ tool: 'apply_patch', input: patch }] },
      { text: 'ok' },
    ])
    const { model } = await modelOn(server, wire)
    const answer = await collect(model.stream(requestOf(), { signal: never }))
    expect(answer.calls[0]?.args).toBe(patch)
    await collect(model.stream(requestOf([HELLO, answer.item, resultsOf(answer)]), { signal: never }))
    const sent = server.requests[1]?.text ?? ''
    expect(sent).not.toContain('_malformed')
    const declared = JSON.stringify(server.requests[0]?.body['tools'])
    expect(declared).toContain(JSON.stringify(PATCH.freeform.definition).slice(1, -1))
    expect(declared.includes('"type":"custom"')).toBe(wire === 'responses')
  })

  test('reasoning travels back to the same model, and only there', async () => {
    const script: [Reply, Reply] = [
      {
        reasoning: 'deep thought',
        opaque: 'c2lnbmVk',
        text: 'so',
        calls: [{ tool: 'exec', args: '{"cmd":"ls"}' }],
      },
      { text: 'end' },
    ]
    await using server = await scriptedServer(({ index }) => script[index % 2] ?? script[0])
    const { model } = await modelOn(server, wire)
    const answer = await collect(model.stream(requestOf(), { signal: never }))
    const stored: Item = JSON.parse(JSON.stringify(answer.item))
    const history = [HELLO, stored, resultsOf(answer)]
    await collect(model.stream(requestOf(history), { signal: never }))
    // Chat Completions has no signature: the thought itself goes back, for the servers that want it.
    expect(server.requests[1]?.text).toContain(wire === 'chat' ? 'deep thought' : 'c2lnbmVk')

    const { model: other } = await modelOn(server, wire, {}, { id: 'other' })
    await collect(other.stream(requestOf(history), { signal: never }))
    expect(server.requests[2]?.text).not.toMatch(/deep thought|c2lnbmVk/)
    expect(server.requests[2]?.text).toContain('ls')
  })

  test('a history that was edited since wins over what the provider gave along', async () => {
    await using server = await scriptedServer([
      {
        reasoning: 'hm',
        opaque: 'b3BhcXVl',
        text: 'key is s3cret',
        calls: [{ tool: 'exec', args: '{"cmd":"s3cret"}' }],
      },
      { text: 'ok' },
    ])
    const { model } = await modelOn(server, wire)
    const answer = await collect(model.stream(requestOf(), { signal: never }))
    const redacted: Item = JSON.parse(JSON.stringify(answer.item).replaceAll('s3cret', '[key]'))
    await collect(model.stream(requestOf([HELLO, redacted, resultsOf(answer)]), { signal: never }))
    expect(server.requests[1]?.text).toContain('key is [key]')
    expect(server.requests[1]?.text).not.toContain('s3cret')
  })

  test('each request extends the one before, byte for byte', async () => {
    const script: Reply[] = [
      { reasoning: 'one', opaque: 'AAA', text: 'first', calls: [{ tool: 'exec', args: '{"cmd": "ls" }' }] },
      {
        text: 'two calls',
        calls: [
          { tool: 'exec', args: '{"b":2,"a":1}' },
          { tool: 'apply_patch', input: '*** x' },
        ],
      },
      {
        reasoning: 'three',
        opaque: 'BBB',
        calls: [{ tool: 'exec', args: wire === 'gemini' ? '{}' : '{"cmd": "cut' }],
      },
      { text: 'nearly' },
      { opaque: 'CCC', calls: [{ tool: 'exec', args: '{"cmd":"ünï"}' }] },
      { text: 'end' },
    ]
    await using server = await scriptedServer(({ index }) => script[index] ?? { text: 'more' })
    const { model } = await modelOn(server, wire)
    const items: Item[] = [{ ...HELLO, cache: true }]
    for (let step = 0; step < script.length; step++) {
      const request = requestOf(items, {
        effort: 'high',
        cacheKey: 'session',
        safetyId: 'who',
        maxOutput: 2000,
      })
      const answer = await collect(model.stream(request, { signal: never }))
      items.push(answer.item)
      if (answer.calls.length > 0) items.push({ ...resultsOf(answer), cache: step % 2 === 0 })
      else items.push({ type: 'user', parts: [{ type: 'text', text: 'go on' }] })
    }
    for (const [i, request] of server.requests.entries()) {
      const before = server.requests[i - 1]
      if (!before) continue
      const [old, now] = [prefixParts(before), prefixParts(request)]
      expect(now.fixed).toBe(old.fixed)
      expect(now.messages.length).toBeGreaterThan(old.messages.length)
      expect(now.messages.slice(0, old.messages.length)).toEqual(old.messages)
      // Here the messages stand last in the body, so the very bytes extend.
      if (wire === 'chat') expect(request.text.startsWith(before.text.slice(0, -2))).toBe(true)
    }
  })

  test('asks for effort only where the model thinks, and sends what the caller named', async () => {
    await using server = await scriptedServer([{ text: 'ok' }])
    const request = requestOf([HELLO], {
      effort: 'high',
      maxOutput: 777,
      cacheKey: 'session-1',
      safetyId: 'hash-1',
    })
    const { model } = await modelOn(server, wire, {}, { provider: 'openai', apiKey: 'k', id: 'gpt-5.1' })
    await collect(model.stream(request, { signal: never }))
    const { model: plain } = await modelOn(
      server,
      wire,
      {},
      { provider: 'openai', apiKey: 'k', id: 'gpt-4.1' },
    )
    await collect(plain.stream(request, { signal: never }))
    const [thinking, not] = server.requests.map(({ text }) => text)
    expect(thinking).toMatch(/"effort":"high"|"reasoning_effort":"high"|"thinking|"thinkingConfig"/)
    expect(not).not.toMatch(/effort|thinking/)
    if (wire !== 'messages') expect(not).toContain('777')
    if (wire === 'responses' || wire === 'chat') {
      expect(thinking).toContain('"prompt_cache_key":"session-1"')
      expect(thinking).toContain('"safety_identifier":"hash-1"')
    }
    if (wire === 'messages') expect(thinking).toContain('"metadata":{"user_id":"hash-1"}')
  })
})

describe.each(WIRES.filter((wire) => wire !== 'gemini'))('%s', (wire) => {
  test('argument text comes out as the model wrote it, and goes back as an object', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ minLength: 1, unit: 'grapheme' }),
          fc.json(),
          fc.constantFrom(
            '{"cmd": "ls',
            '{"cmd":"a",}',
            '[1]',
            '"x"',
            'null',
            '{"__proto__":1}',
            "{'cmd':1}",
            '{"a":1}{"b":2}',
          ),
        ),
        async (args) => {
          await using server = await scriptedServer([{ calls: [{ tool: 'exec', args }] }, { text: 'ok' }])
          const { model } = await modelOn(server, wire)
          const answer = await collect(model.stream(requestOf(), { signal: never }))
          expect(answer.calls.map((call) => call.args)).toEqual([args])
          await collect(model.stream(requestOf([HELLO, answer.item, resultsOf(answer)]), { signal: never }))
          expect(server.requests).toHaveLength(2)
          const [history] = findArguments(server.requests[1]?.body)
          expect(history).toBeTypeOf('object')
          expect(Array.isArray(history)).toBe(false)
          expect([safeParse(args), { _malformed: args }]).toContainEqual(history)
        },
      ),
      { numRuns: 25 },
    )
  })
})

test('responses: stateless, with encrypted reasoning, and tools that are not strict', async () => {
  await using server = await scriptedServer([{ text: 'ok' }])
  const { model } = await modelOn(server, 'responses')
  await collect(model.stream(requestOf(), { signal: never }))
  expect(server.requests[0]?.body).toMatchObject({
    store: false,
    include: ['reasoning.encrypted_content'],
    tools: [
      { type: 'function', name: 'exec', strict: false },
      { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark' } },
    ],
  })
})

test('messages: at most four breakpoints, on tools, system and the two newest marks', async () => {
  await using server = await scriptedServer([{ text: 'ok' }])
  const { model } = await modelOn(server, 'messages')
  const turn = (text: string): Item[] => [
    { type: 'user', parts: [{ type: 'text', text }], cache: true },
    { type: 'assistant', parts: [{ type: 'text', text: `re ${text}` }] },
  ]
  const items = [...turn('one'), ...turn('two'), ...turn('three'), HELLO]
  await collect(model.stream(requestOf(items), { signal: never }))
  const body = server.requests[0]?.body ?? {}
  const text = server.requests[0]?.text ?? ''
  expect(text.split('cache_control').length - 1).toBe(4)
  expect(JSON.stringify(body['tools'])).toContain('cache_control')
  expect(JSON.stringify(body['system'])).toContain('cache_control')
  const marked = Array.isArray(body['messages'])
    ? body['messages'].filter((message) => JSON.stringify(message).includes('cache_control'))
    : []
  expect(marked.map((message) => JSON.stringify(message))).toEqual([
    expect.stringContaining('"two"'),
    expect.stringContaining('"three"'),
  ])
})

test('messages: a failed tool is marked as failed', async () => {
  await using server = await scriptedServer([{ calls: [{ tool: 'exec', args: '{}' }] }, { text: 'ok' }])
  const { model } = await modelOn(server, 'messages')
  const answer = await collect(model.stream(requestOf(), { signal: never }))
  const results = answer.calls.map(({ id, tool }) => ({
    id,
    tool,
    ok: false,
    parts: [{ type: 'text' as const, text: 'exit 1' }],
  }))
  await collect(
    model.stream(requestOf([HELLO, answer.item, { type: 'results', results }]), { signal: never }),
  )
  expect(server.requests[1]?.text).toContain('"is_error":true')
})

test('gemini: a malformed call is asked for again, then ends the answer', async () => {
  await using server = await scriptedServer([{ calls: [{ tool: 'exec', args: '{"cmd": "ls' }] }])
  const { model } = await modelOn(server, 'gemini')
  const answer = await collect(model.stream(requestOf(), { signal: never }))
  expect(answer.calls).toEqual([])
  expect(answer.finish?.reason).toBe('other')
  expect(server.requests).toHaveLength(2)
})

test('chat: a call without any argument text has no arguments', async () => {
  await using server = await scriptedServer([
    { calls: [{ tool: 'exec', args: '' }] },
    { calls: [{ tool: 'exec', args: '' }], finish: 'length' },
  ])
  const { model } = await modelOn(server, 'chat')
  expect((await collect(model.stream(requestOf(), { signal: never }))).calls[0]?.args).toBe('{}')
  expect((await collect(model.stream(requestOf(), { signal: never }))).calls[0]?.args).toBe('')
})

test.each([
  [{ prompt_cache_hit_tokens: 7 }, 7, 0],
  [{ cached_tokens: 6 }, 6, 0],
  [{ prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 3 } }, 5, 3],
])('chat: cached tokens as %j', async (form, cachedInput, cacheWrite) => {
  const chunk = (fields: object) => `data: ${JSON.stringify({ id: 'x', model: 'm', ...fields })}\n\n`
  const garbage =
    chunk({ choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: 'stop' }] }) +
    chunk({ choices: [], usage: { prompt_tokens: 20, completion_tokens: 2, ...form } }) +
    'data: [DONE]\n\n'
  await using server = await scriptedServer([{ garbage, contentType: 'text/event-stream' }])
  const { model } = await modelOn(server, 'chat')
  const answer = await collect(model.stream(requestOf(), { signal: never }))
  expect(answer.finish?.usage).toEqual({ input: 20, cachedInput, cacheWrite, output: 2, reasoning: 0 })
})

function safeParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The arguments of past calls, parsed, wherever the wire keeps them. */
function findArguments(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(findArguments)
  if ('arguments' in value && typeof value.arguments === 'string') return [JSON.parse(value.arguments)]
  if ('type' in value && value.type === 'tool_use' && 'input' in value) return [value.input]
  if ('functionCall' in value) return findArguments({ arguments: JSON.stringify(value.functionCall) })
  return Object.entries(value).flatMap(([key, inner]) => (key === 'tools' ? [] : findArguments(inner)))
}
