import { describe, expect, test } from 'vitest'
import type { Item } from '../model.ts'
import { collect } from '../testing/collect.ts'
import { HELLO, modelOn, never, requestOf, WIRES } from '../testing/harness.ts'
import { scriptedServer } from '../testing/scripted-server.ts'

const NOTE = { type: 'text' as const, text: '[compacted]' }
const ASK = { compact: { instructions: 'Keep what was rejected.' } }

describe.each(['responses', 'messages'] as const)('%s', (wire) => {
  test('a compaction is asked for, is nothing that was said, and goes back as it came', async () => {
    await using server = await scriptedServer([
      { compaction: 'what happened', usage: { input: 900, output: 30 } },
      { text: 'on' },
    ])
    const { model } = await modelOn(server, wire)
    expect(model.compacts).toBe(true)
    const made = await collect(model.stream(requestOf([HELLO], ASK), { signal: never }))
    expect(made.text).toBe('')
    expect(made.finish?.usage).toMatchObject({ input: 900, output: 30 })
    const native = made.finish?.native
    if (native === undefined) throw new Error('no native record')
    const items: Item[] = [HELLO, { type: 'assistant', parts: [NOTE], native }, HELLO]
    await collect(model.stream(requestOf(items), { signal: never }))

    const [asked, sent] = server.requests.map(({ body }) => body)
    expect(JSON.stringify(sent)).not.toContain('compaction_trigger')
    if (wire === 'responses') {
      expect(asked?.['input']).toMatchObject([{}, { role: 'user' }, { type: 'compaction_trigger' }])
      expect(sent?.['input']).toContainEqual(
        expect.objectContaining({ type: 'compaction', encrypted_content: 'what happened' }),
      )
    } else {
      expect(asked?.['compaction']).toEqual({ type: 'summarize', instructions: ASK.compact.instructions })
      expect(sent?.['compaction']).toBeUndefined()
      expect(sent?.['messages']).toMatchObject([
        { role: 'user' },
        {
          role: 'assistant',
          content: [{ type: 'compaction', content: 'what happened' }, { text: NOTE.text }],
        },
        { role: 'user' },
      ])
    }
  })

  test('an answer without a compaction gives none', async () => {
    await using server = await scriptedServer([{ text: 'I cannot' }])
    const { model } = await modelOn(server, wire)
    const made = await collect(model.stream(requestOf([HELLO], ASK), { signal: never }))
    expect(JSON.stringify(made.finish?.native ?? null)).not.toContain('compaction')
  })
})

test.each(WIRES)('%s: a compaction of another model is left out', async (wire) => {
  await using server = await scriptedServer([{ text: 'on' }])
  const { model } = await modelOn(server, wire)
  const data = {
    parts: [{ type: 'compaction', text: 'SECRETLY', meta: { anthropic: { type: 'compaction' } } }],
  }
  const native = { provider: 'openai-compatible', model: 'another', data }
  const items: Item[] = [HELLO, { type: 'assistant', parts: [NOTE], native }, HELLO]
  await collect(model.stream(requestOf(items), { signal: never }))
  const body = JSON.stringify(server.requests[0]?.body)
  expect(body).not.toContain('SECRETLY')
  expect(body).toContain(NOTE.text)
})
