import { describe, expect, it } from 'vitest'
import type { Usage } from '@cairn/journal'
import type { ContextConfig, ContextPorts } from './context.ts'
import { createContext } from './engine.ts'
import { journalBuilder } from './testing/journal-builder.ts'

const usage: Usage = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 }
const ports: ContextPorts = { blob: () => null, disk: () => null }
const config: ContextConfig = {
  model: {
    provider: 'test',
    id: 'test-model',
    name: 'Test',
    window: 200_000,
    maxOutput: 8_000,
    prices: null,
    images: true,
    reasoning: false,
    editTool: 'edit',
    cacheTtl: 300,
  },
  system: 'You are a test.',
  tools: [],
  narrative: false,
}

describe('createContext', () => {
  it('shows turns, answers and results in order, and pairs calls with results', () => {
    const context = createContext(config, ports)
    const journal = journalBuilder((event) => context.ingest(event))
    journal.add('instructions.loaded', { files: [{ path: 'AGENTS.md', sha256: 'aa', text: 'Be brief.' }] })
    journal.add('user.message', { text: 'Fix it' })
    journal.add('model.answered', {
      model: 'm',
      served: null,
      parts: [
        { type: 'text', text: 'Looking' },
        { type: 'call', id: 'c1', tool: 'read', args: '{"path":"a"}' },
        { type: 'call', id: 'c2', tool: 'exec', args: '{"cmd":"b"}' },
      ],
      usage,
      costUsd: null,
      finish: 'calls',
      ms: 1,
    })
    journal.add('tool.intended', { call: 'c2', tool: 'exec', args: {}, effect: 'exec', actionSha256: '' })
    journal.add('tool.done', { call: 'c1', tool: 'read', ok: true, output: 'one', ms: 1 })
    journal.add('model.requested', { model: 'm', epoch: 0, items: 1, bytes: 1, estimate: 1, purpose: 'turn' })
    expect(context.project().request.items).toMatchInlineSnapshot(`
      [
        {
          "cache": true,
          "parts": [
            {
              "text": "Instruction files of this project, in force throughout:

      <instructions path="AGENTS.md" sha256="aa">
      Be brief.
      </instructions>",
              "type": "text",
            },
          ],
          "type": "user",
        },
        {
          "parts": [
            {
              "text": "Fix it",
              "type": "text",
            },
          ],
          "type": "user",
        },
        {
          "parts": [
            {
              "text": "Looking",
              "type": "text",
            },
            {
              "args": "{"path":"a"}",
              "id": "c1",
              "tool": "read",
              "type": "call",
            },
            {
              "args": "{"cmd":"b"}",
              "id": "c2",
              "tool": "exec",
              "type": "call",
            },
          ],
          "type": "assistant",
        },
        {
          "cache": true,
          "results": [
            {
              "id": "c1",
              "ok": true,
              "parts": [
                {
                  "text": "one",
                  "type": "text",
                },
              ],
              "tool": "read",
            },
            {
              "id": "c2",
              "ok": false,
              "parts": [
                {
                  "text": "No result: the call was interrupted. It may have taken effect; check before doing it again.",
                  "type": "text",
                },
              ],
              "tool": "exec",
            },
          ],
          "type": "results",
        },
      ]
    `)
    journal.add('tool.done', { call: 'c2', tool: 'exec', ok: true, output: 'late', ms: 1 })
    journal.add('tool.done', { call: 'c2', tool: 'exec', ok: true, output: 'again', ms: 1 })
    expect(context.project().request.items.slice(4)).toMatchInlineSnapshot(`
      [
        {
          "cache": true,
          "parts": [
            {
              "text": "[late result of call c2 (exec), ok]
      late",
              "type": "text",
            },
          ],
          "type": "user",
        },
      ]
    `)
  })
})
