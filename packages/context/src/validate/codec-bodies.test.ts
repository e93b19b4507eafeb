import { createModel, type Item, type ModelRef } from '@cairn/models'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixedTranscript, SAMPLE_TOOLS, transcript } from './sample-transcript.ts'
import { validateWire } from './validate-wire.ts'
import { WIRES } from './violation.ts'

/** The body that the real codec sends for a request; the connection ends there. */
async function bodyOf(wire: NonNullable<ModelRef['wire']>, items: Item[]): Promise<unknown> {
  let sent: unknown = null
  const model = await createModel(
    { provider: 'openai-compatible', id: 'some-model', baseUrl: 'http://127.0.0.1:9', apiKey: 'k', wire },
    {
      env: {},
      fetch: async (_, init) => {
        sent = JSON.parse(String(init?.body))
        return new Response('{"error":{"message":"stop"}}', { status: 400 })
      },
    },
  )
  const request = { system: 'sys', tools: SAMPLE_TOOLS, items, maxOutput: 1000 }
  try {
    for await (const _ of model.stream(request, { signal: new AbortController().signal })) break
  } catch {
    // The refusal is what ends the call.
  }
  return sent
}

/** Answers side by side are one turn to Gemini, and its codec sends them as two: the engine must not make them. */
const sideBySide = (items: readonly Item[]) =>
  items.some((item, i) => item.type === 'assistant' && items[i - 1]?.type === 'assistant')

describe.each(WIRES)('the codec of %s', (wire) => {
  it('sends valid bodies for valid items', async () => {
    await fc.assert(
      fc.asyncProperty(transcript, async (items) => {
        fc.pre(wire !== 'gemini' || !sideBySide(items))
        expect(validateWire(wire, await bodyOf(wire, items))).toEqual([])
      }),
      { numRuns: 40, seed: 23 },
    )
  })

  it('sends cache marks within the limit', async () => {
    const items = fixedTranscript().map((item) => ({ ...item, cache: true }))
    expect(validateWire(wire, await bodyOf(wire, items.slice(0, 3)))).toEqual([])
  })
})
