import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Body, encodeSample } from './encode-sample.ts'
import { fixedTranscript, SAMPLE_TOOLS, transcript } from './sample-transcript.ts'
import { validateWire } from './validate-wire.ts'
import { type Wire, WIRES } from './violation.ts'

/** An untyped body to be spoilt: tests reach into it by path. */
type Node = { [key: string]: Node } & Node[]
type Edit = (body: Node) => unknown

function at(body: Node, ...path: (string | number)[]): Node {
  return path.reduce<Node>((node, key) => node[key as keyof Node] as Node, body)
}
const list = (body: Node, key: string): Node[] => at(body, key)
const put = (node: Node, key: string, value: unknown) => void Object.assign(node, { [key]: value })
const input = (body: Node) => list(body, 'input')
const find = (nodes: Node[], test: (node: Node) => boolean): Node => {
  const found = nodes.find(test)
  if (found === undefined) throw new Error('not found')
  return found
}
const drop = (nodes: Node[], test: (node: Node) => boolean) =>
  nodes.splice(nodes.indexOf(find(nodes, test)), 1)
const typed = (type: string) => (node: Node) => (node['type'] as unknown) === type
const roled = (role: string) => (node: Node) => (node['role'] as unknown) === role
const json = (value: unknown) => value as Node

const EDITS: Record<Wire, Record<string, Edit>> = {
  responses: {
    'drop a call': (b) => drop(input(b), typed('function_call')),
    'drop an output': (b) => drop(input(b), typed('function_call_output')),
    'output before its call': (b) => input(b).unshift(...drop(input(b), typed('function_call_output'))),
    'output twice': (b) => input(b).push(structuredClone(find(input(b), typed('function_call_output')))),
    'cut between reasoning and its item': (b) => {
      const i = input(b).findIndex(typed('reasoning'))
      input(b).splice(i + 1, 1)
      drop(input(b), typed('function_call'))
    },
    'reasoning last': (b) => input(b).push(json({ type: 'reasoning', summary: [], encrypted_content: 'x' })),
    'reasoning lost its content': (b) =>
      put(find(input(b), typed('reasoning')), 'encrypted_content', undefined),
    'reasoning without summary': (b) => put(find(input(b), typed('reasoning')), 'summary', undefined),
    'trigger not last': (b) => input(b).splice(1, 0, json({ type: 'compaction_trigger' })),
    'compaction between call and output': (b) =>
      input(b).splice(
        input(b).findIndex(typed('function_call_output')),
        0,
        json({ type: 'compaction', encrypted_content: 'x' }),
      ),
    'compaction without content': (b) => input(b).unshift(json({ type: 'compaction' })),
    'arguments as an object': (b) => put(find(input(b), typed('function_call')), 'arguments', {}),
    'same call id twice': (b) => {
      for (const node of input(b).slice(0, 8))
        if (node['call_id'] !== undefined) put(node, 'call_id', 'call_1')
    },
    'user turn while a call is open': (b) =>
      input(b).splice(
        input(b).findIndex(typed('function_call_output')),
        0,
        json({ role: 'user', content: 'hi' }),
      ),
    'wrong part in a user message': (b) =>
      put(at(find(input(b), roled('user')), 'content', 0), 'type', 'output_text'),
    'custom output for a function call': (b) =>
      put(find(input(b), typed('function_call_output')), 'type', 'custom_tool_call_output'),
    'unknown role': (b) => put(find(input(b), roled('user')), 'role', 'tool'),
    'item without type': (b) => input(b).push(json({ text: 'x' })),
    'five breakpoints': (b) =>
      input(b).unshift(
        ...[1, 2, 3, 4, 5].map(() =>
          json({ role: 'user', content: [{ type: 'input_text', text: 'x', prompt_cache_breakpoint: {} }] }),
        ),
      ),
    'illegal tool name': (b) => put(at(b, 'tools', 0), 'name', 'a b'),
    'no model': (b) => put(b, 'model', ''),
    'empty input': (b) => put(b, 'input', []),
  },
  chat: {
    'drop a tool message': (b) => drop(list(b, 'messages'), roled('tool')),
    'drop the answer that called': (b) => drop(list(b, 'messages'), roled('assistant')),
    'user between call and tool message': (b) =>
      list(b, 'messages').splice(
        list(b, 'messages').findIndex(roled('tool')),
        0,
        json({ role: 'user', content: 'x' }),
      ),
    'tool message twice': (b) => {
      const i = list(b, 'messages').findIndex(roled('tool'))
      list(b, 'messages').splice(i, 0, structuredClone(list(b, 'messages')[i]!))
    },
    'unknown call id': (b) => put(find(list(b, 'messages'), roled('tool')), 'tool_call_id', 'none'),
    'empty tool_calls': (b) => put(find(list(b, 'messages'), roled('assistant')), 'tool_calls', []),
    'empty tools list': (b) => put(b, 'tools', []),
    'answer with nothing': (b) => list(b, 'messages').push(json({ role: 'assistant', content: null })),
    'arguments as an object': (b) =>
      put(at(find(list(b, 'messages'), roled('assistant')), 'tool_calls', 0, 'function'), 'arguments', {}),
    'call without id': (b) =>
      put(at(find(list(b, 'messages'), roled('assistant')), 'tool_calls', 0), 'id', ''),
    'image in a tool message': (b) =>
      put(find(list(b, 'messages'), roled('tool')), 'content', [
        { type: 'image_url', image_url: { url: 'data:' } },
      ]),
    'same id in one answer': (b) => {
      for (const call of at(find(list(b, 'messages'), roled('assistant')), 'tool_calls'))
        put(call, 'id', 'call_1')
    },
    'unknown role': (b) => put(find(list(b, 'messages'), roled('user')), 'role', 'human'),
    'user without content': (b) => put(find(list(b, 'messages'), roled('user')), 'content', []),
    'calls at the end': (b) => list(b, 'messages').splice(-2),
    'illegal tool name': (b) => put(at(b, 'tools', 0, 'function'), 'name', 'a b'),
    'call of unknown type': (b) =>
      put(at(find(list(b, 'messages'), roled('assistant')), 'tool_calls', 0), 'type', 'shell'),
    'no model': (b) => put(b, 'model', ''),
    'no messages': (b) => put(b, 'messages', []),
  },
  messages: {
    'start with an answer': (b) => list(b, 'messages').shift(),
    'drop results': (b) => list(b, 'messages').splice(2, 1),
    'drop one of two results': (b) => at(b, 'messages', 2, 'content').pop(),
    'text before results': (b) => at(b, 'messages', 2, 'content').unshift(json({ type: 'text', text: 'x' })),
    'result twice': (b) =>
      at(b, 'messages', 2, 'content').push(structuredClone(at(b, 'messages', 2, 'content', 0))),
    'orphan result': (b) => put(at(b, 'messages', 2, 'content', 0), 'tool_use_id', 'none'),
    'late result': (b) =>
      at(b, 'messages', 4, 'content').unshift(...at(b, 'messages', 2, 'content').splice(0, 1)),
    'empty text block': (b) => at(b, 'messages', 0, 'content').push(json({ type: 'text', text: '' })),
    'blank text block': (b) => at(b, 'messages', 0, 'content').push(json({ type: 'text', text: ' \n' })),
    'empty content': (b) => put(at(b, 'messages', 0), 'content', []),
    'thinking without signature': (b) => put(at(b, 'messages', 1, 'content', 0), 'signature', undefined),
    'thinking not first': (b) => at(b, 'messages', 1, 'content').reverse(),
    'thinking last': (b) =>
      at(b, 'messages', 3, 'content').push(json({ type: 'thinking', thinking: 'x', signature: 's' })),
    'cache control on thinking': (b) =>
      put(at(b, 'messages', 1, 'content', 0), 'cache_control', { type: 'ephemeral' }),
    'five cache controls': (b) => {
      for (const i of [0, 2, 4, 6])
        put(at(b, 'messages', i, 'content', 0), 'cache_control', { type: 'ephemeral' })
    },
    'input as text': (b) => put(at(b, 'messages', 1, 'content', 2), 'input', '{}'),
    'id with a colon': (b) => put(at(b, 'messages', 1, 'content', 2), 'id', 'a:0'),
    'id used twice': (b) => {
      put(at(b, 'messages', 5, 'content', 1), 'id', 'call_1')
      put(at(b, 'messages', 6, 'content', 0), 'tool_use_id', 'call_1')
    },
    'no tools but calls': (b) => put(b, 'tools', []),
    'no max_tokens': (b) => put(b, 'max_tokens', undefined),
    'thinking budget over max_tokens': (b) => put(b, 'thinking', { type: 'enabled', budget_tokens: 9000 }),
    'image of unknown type': (b) =>
      put(at(b, 'messages', 0, 'content', 1, 'source'), 'media_type', 'image/bmp'),
    'end with an answer': (b) => list(b, 'messages').push(json({ role: 'assistant', content: 'ok' })),
    'end with a call': (b) => list(b, 'messages').pop(),
    'role tool': (b) => put(at(b, 'messages', 2), 'role', 'tool'),
    'empty system block': (b) => list(b, 'system').push(json({ type: 'text', text: '' })),
    'schema of no object': (b) => put(at(b, 'tools', 0), 'input_schema', { type: 'array' }),
  },
  gemini: {
    'start with the model': (b) => list(b, 'contents').shift(),
    'drop responses': (b) => list(b, 'contents').splice(2, 1),
    'drop one response': (b) => at(b, 'contents', 2, 'parts').pop(),
    'swap responses': (b) => at(b, 'contents', 2, 'parts').reverse(),
    'response without call': (b) =>
      list(b, 'contents').push(
        json({ role: 'user', parts: [{ functionResponse: { name: 'x', response: {} } }] }),
      ),
    'end with the model': (b) => list(b, 'contents').push(json({ role: 'model', parts: [{ text: 'x' }] })),
    'end with a call': (b) => list(b, 'contents').pop(),
    'signature lost in the current turn': (b) => {
      for (const part of at(b, 'contents', 7, 'parts')) put(part, 'thoughtSignature', undefined)
    },
    'empty parts': (b) => put(at(b, 'contents', 0), 'parts', []),
    'empty text': (b) => at(b, 'contents', 0, 'parts').push(json({ text: '' })),
    'two kinds in one part': (b) =>
      put(at(b, 'contents', 0, 'parts', 0), 'inlineData', { mimeType: 'image/png', data: 'AAAA' }),
    'response as text': (b) => put(at(b, 'contents', 2, 'parts', 0, 'functionResponse'), 'response', 'x'),
    'args as text': (b) => put(at(b, 'contents', 1, 'parts', 1, 'functionCall'), 'args', '{}'),
    'call by the user': (b) => put(at(b, 'contents', 1), 'role', 'user'),
    'role assistant': (b) => put(at(b, 'contents', 1), 'role', 'assistant'),
    'gif image': (b) => put(at(b, 'contents', 0, 'parts', 1, 'inlineData'), 'mimeType', 'image/gif'),
    'illegal function name': (b) => put(at(b, 'contents', 1, 'parts', 1, 'functionCall'), 'name', '1 x'),
    'call after the model spoke': (b) =>
      list(b, 'contents').splice(1, 0, json({ role: 'model', parts: [{ text: 'x' }] })),
    'declare twice': (b) =>
      at(b, 'tools', 0, 'functionDeclarations').push(
        structuredClone(at(b, 'tools', 0, 'functionDeclarations', 0)),
      ),
    'no contents': (b) => put(b, 'contents', []),
  },
}

const sample = (wire: Wire): Body => encodeSample(wire, fixedTranscript(), SAMPLE_TOOLS)

describe.each(WIRES)('body for %s', (wire) => {
  it('accepts every valid transcript', () => {
    fc.assert(
      fc.property(transcript, (items) => {
        expect(validateWire(wire, encodeSample(wire, items, SAMPLE_TOOLS))).toEqual([])
      }),
      { numRuns: 300, seed: 13 },
    )
  })

  const edits = Object.entries(EDITS[wire])
  it('has at least 12 bad edits', () => expect(edits.length).toBeGreaterThanOrEqual(12))

  it.each(edits)('catches: %s', (_, edit) => {
    const body = sample(wire)
    expect(validateWire(wire, body)).toEqual([])
    edit(json(body))
    expect(validateWire(wire, body)).not.toEqual([])
  })

  it('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void validateWire(wire, value)),
      { numRuns: 300, seed: 17 },
    )
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (value) => {
        validateWire(wire, {
          input: value,
          messages: value,
          contents: value,
          tools: value,
          system: value,
          model: value,
        })
      }),
      { numRuns: 300, seed: 19 },
    )
  })

  it('finds half a surrogate pair and a body over the limit', () => {
    const body = { ...sample(wire), metadata: '\ud800' }
    expect(validateWire(wire, body).map((v) => v.code)).toContain('broken-unicode')
    expect(validateWire(wire, sample(wire), { bytes: 2 ** 30 }).map((v) => v.code)).toContain('too-large')
  })
})

it('demands signatures of Gemini 3 even where none is left', () => {
  const body = sample('gemini')
  const bare = JSON.parse(JSON.stringify(body).replaceAll(',"thoughtSignature":"sig"', ''))
  expect(validateWire('gemini', bare, { model: 'gemini-3-pro' }).map((v) => v.code)).toContain(
    'signature-lost',
  )
  expect(validateWire('gemini', bare, { model: 'gemini-2.5-pro' })).toEqual([])
})
