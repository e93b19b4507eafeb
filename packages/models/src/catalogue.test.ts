import { expect, test } from 'vitest'
import builtin from './catalogue.json' with { type: 'json' }
import { findModel } from './catalogue.ts'
import type { ModelInfo } from './model.ts'
import { PROVIDERS } from './providers.ts'

const models: [string, Omit<ModelInfo, 'provider' | 'id'>][] = Object.keys(builtin)
  .filter((reference) => !reference.endsWith('/*'))
  .map((reference) => [reference, factsOf(reference)])

function factsOf(reference: string): Omit<ModelInfo, 'provider' | 'id'> {
  const [provider = '', ...id] = reference.split('/')
  const { provider: _, id: __, ...facts } = findModel(provider, id.join('/'))
  return facts
}

test('has at least 40 models of ten makers, each complete and consistent', () => {
  expect(models.length).toBeGreaterThanOrEqual(40)
  expect(new Set(models.map(([reference]) => reference.split('/')[0])).size).toBeGreaterThanOrEqual(10)
  for (const [reference, facts] of models) {
    const own: object = Object.getOwnPropertyDescriptor(builtin, reference)?.value
    expect(Object.keys(own).toSorted(), reference).toEqual(Object.keys(facts).toSorted())
    expect(facts.editTool, reference).toMatch(/^(apply_patch|edit)$/)
    expect(facts.window, reference).toBeGreaterThanOrEqual(100_000)
    expect(facts.name, reference).not.toBe('')
    expect(facts.maxOutput, reference).toBeLessThan(facts.window)
  }
})

test('prices make sense: output costs more than input, a cached read less', () => {
  for (const [reference, { prices }] of models) {
    if (!prices) continue
    expect(prices.output, reference).toBeGreaterThan(prices.input)
    expect(prices.cacheRead ?? 0, reference).toBeLessThan(prices.input)
    expect(prices.cacheWrite ?? prices.input, reference).toBeGreaterThanOrEqual(prices.input)
    if (prices.tier) expect(prices.tier.input, reference).toBeGreaterThan(prices.input)
  }
})

test('finds a model by its id, a dated id, a tag, and the name of a reseller', () => {
  const sonnet = findModel('anthropic', 'claude-sonnet-4-5')
  expect(sonnet).toMatchObject({ window: 200_000, prices: { input: 3, cacheWrite: 3.75 }, cacheTtl: 300 })
  expect(findModel('anthropic', 'claude-sonnet-4-5-20250929')).toMatchObject({ prices: sonnet.prices })
  expect(findModel('google', 'gemini-3-pro-preview').prices?.tier?.aboveInput).toBe(200_000)
  expect(findModel('mistral', 'devstral-2512').window).toBe(262_144)
  expect(findModel('moonshot', 'kimi-k2-0905-preview').name).toBe('Kimi K2')
  const resold = findModel('openrouter', 'anthropic/claude-sonnet-4-5:beta')
  expect(resold).toMatchObject({ provider: 'openrouter', images: true, reasoning: true, prices: null })
  expect(findModel('groq', 'openai/gpt-oss-120b').editTool).toBe('apply_patch')
})

test('an unknown model gets a cautious entry', () => {
  expect(findModel('openai-compatible', 'mystery')).toEqual({
    provider: 'openai-compatible',
    id: 'mystery',
    name: 'mystery',
    window: 128_000,
    maxOutput: 16_384,
    prices: null,
    images: false,
    reasoning: false,
    editTool: 'edit',
    cacheTtl: null,
  })
  expect(findModel('anthropic', 'claude-next')).toMatchObject({
    window: 200_000,
    reasoning: true,
    prices: null,
  })
})

test('the user has the last word, part by part', () => {
  const overrides = {
    'openai/gpt-5.1': { prices: { input: 1, output: 2 } },
    'vllm/own': { images: true, window: 9000 },
  }
  expect(findModel('openai', 'gpt-5.1', overrides)).toMatchObject({
    window: 400_000,
    prices: { input: 1, output: 2 },
  })
  expect(findModel('vllm', 'own', overrides)).toMatchObject({ images: true, window: 9000, maxOutput: 9000 })
  expect(findModel('vllm', 'own', overrides, 4000).window).toBe(4000)
})

test('every maker with a provider of its own is called by that name', () => {
  const makers = new Set(models.map(([reference]) => reference.split('/')[0] ?? ''))
  const withoutService = [...makers].filter((maker) => !Object.hasOwn(PROVIDERS, maker))
  expect(withoutService.toSorted()).toEqual(['meta', 'minimax'])
})
