import { expect, test } from 'vitest'
import { isRerouted } from './reroute.ts'
import { safetyIdOf } from './safety-id.ts'
import { sessionRig } from './testing/session-rig.ts'

test('another model is told from another name of the same one', () => {
  expect(isRerouted('openai', 'gpt-5.5', 'gpt-5.5-2026-03-01')).toBe(false)
  expect(isRerouted('anthropic', 'claude-sonnet-4-5', 'claude-sonnet-4-5-20250929')).toBe(false)
  expect(isRerouted('gemini', 'gemini-3-pro', 'models/gemini-3-pro')).toBe(false)
  expect(isRerouted('openai', 'gpt-5.5', 'gpt-5.2-2025-12-01')).toBe(true)
  expect(isRerouted('openai', 'gpt-5.5', 'gpt-5.5-mini')).toBe(true)
  expect(isRerouted('openai', 'gpt-5.5', null)).toBe(false)
  expect(isRerouted('openai-compatible', 'qwen', 'unsloth/qwen-q4')).toBe(false)
})

test('the identifier is sent on the wires that have one, is stable, and says nothing', async () => {
  const sent: unknown[] = []
  for (const wire of ['responses', 'messages'] as const) {
    await using rig = await sessionRig([{ text: 'end' }], { wire })
    await rig.run('go')
    const body: unknown = JSON.parse(rig.server.requests[0]?.text ?? '{}')
    sent.push(body)
  }
  expect(sent).toMatchObject([
    { safety_identifier: expect.stringMatching(/^[0-9a-f]{32}$/u) },
    { metadata: { user_id: expect.stringMatching(/^[0-9a-f]{32}$/u) } },
  ])
  expect(safetyIdOf('a')).toBe(safetyIdOf('a'))
  expect(safetyIdOf('a')).not.toBe(safetyIdOf('b'))
})
