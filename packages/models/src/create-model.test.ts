import { expect, test } from 'vitest'
import { createModel } from './create-model.ts'
import type { ModelError } from './model-error.ts'
import { parseModelRef } from './model-ref.ts'
import { PROVIDERS } from './providers.ts'
import { collect } from './testing/collect.ts'
import { never, requestOf, WIRES } from './testing/harness.ts'
import { scriptedServer } from './testing/scripted-server.ts'

test('reads a model reference', () => {
  expect(parseModelRef('anthropic/claude-opus-5')).toEqual({ provider: 'anthropic', id: 'claude-opus-5' })
  expect(parseModelRef('openrouter/qwen/qwen3-coder:free')).toEqual({
    provider: 'openrouter',
    id: 'qwen/qwen3-coder:free',
  })
})

test.each(['claude', '/x', 'anthropic/', 'nobody/x', 'toString/x', ''])(
  '%j is no model reference',
  (text) => {
    expect(() => parseModelRef(text)).toThrow(
      expect.objectContaining({ code: 'bad-ref', hint: expect.stringContaining('anthropic') }),
    )
  },
)

test.each([
  ['openai', 'OPENAI_API_KEY'],
  ['anthropic', 'ANTHROPIC_API_KEY'],
  ['google', 'GEMINI_API_KEY or GOOGLE_GENERATIVE_AI_API_KEY'],
  ['openrouter', 'OPENROUTER_API_KEY'],
])('%s without a key names %s', async (provider, variable) => {
  const error: ModelError = await createModel({ provider, id: 'x' }, { env: {} }).catch((thrown) => thrown)
  expect(error.code).toBe('no-key')
  expect(error.hint).toBe(`set ${variable} in the environment`)
})

test('an unknown provider and a missing address are told apart from a missing key', async () => {
  await expect(createModel({ provider: 'nobody', id: 'x' }, { env: {} })).rejects.toMatchObject({
    code: 'bad-ref',
  })
  await expect(createModel({ provider: 'openai-compatible', id: 'x' }, { env: {} })).rejects.toMatchObject({
    code: 'bad-ref',
    hint: expect.stringContaining('base URL'),
  })
})

test('every provider can be made, with its key or without', async () => {
  for (const [provider, { keys, keyless }] of Object.entries(PROVIDERS)) {
    const env = keyless ? {} : Object.fromEntries(keys.slice(0, 1).map((name) => [name, 'k']))
    const model = await createModel({ provider, id: 'x', baseUrl: 'http://127.0.0.1:9/v1' }, { env })
    expect(model.info).toMatchObject({ provider, id: 'x' })
  }
})

test.each(WIRES)(
  '%s: the key and own headers are sent, and nothing is taken from the process',
  async (wire) => {
    await using server = await scriptedServer([{ text: 'hi' }])
    const ref = { provider: 'openai-compatible', id: 'm', baseUrl: `${server.baseUrl(wire)}/`, wire }
    const env = { OPENAI_COMPATIBLE_API_KEY: 'from-env' }
    const keyed = await createModel({ ...ref, headers: { 'x-team': 'blue' } }, { env })
    expect((await collect(keyed.stream(requestOf(), { signal: never }))).text).toBe('hi')
    const keyless = await createModel(ref, { env: {} })
    expect((await collect(keyless.stream(requestOf(), { signal: never }))).text).toBe('hi')
    const placeholder = await createModel({ ...ref, apiKey: 'sk-no-key-required' }, { env })
    await collect(placeholder.stream(requestOf(), { signal: never }))
    const [first, second, third] = server.requests.map(({ headers }) => JSON.stringify(headers))
    expect(first).toContain('from-env')
    expect(first).toContain('"x-team":"blue"')
    expect(second).not.toContain('from-env')
    expect(third).toContain('sk-no-key-required')
  },
)

test('the window of the reference wins over the catalogue', async () => {
  const ref = { provider: 'ollama', id: 'qwen3-coder:30b' }
  expect((await createModel({ ...ref, window: 32_768 }, { env: {} })).info.window).toBe(32_768)
})
