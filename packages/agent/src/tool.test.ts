import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineTool } from './tool.ts'

const ran: unknown[] = []
const tool = defineTool({
  name: 'greet',
  description: 'Greets.',
  effect: 'exec',
  schema: z.strictObject({ name: z.string().min(1), times: z.number().int().optional() }),
  run(args) {
    ran.push(args)
    return { ok: true, output: `hello ${args.name}` }
  },
})

test('whole, valid arguments run', async () => {
  const prepared = tool.prepare('{"name":"ada"}')
  expect(prepared.ok && (await prepared.run({ id: 'c1', signal: new AbortController().signal })).output).toBe(
    'hello ada',
  )
})

test.each([
  ['{"name":"ad', 'not valid JSON'],
  ['{"name":"a"} trailing', 'not valid JSON'],
  ['[1]', 'wrong arguments'],
  ['"ada"', 'wrong arguments'],
  ['{"nmae":"ada"}', 'name'],
  ['{"name":5}', 'name'],
  ['{"name":"ada","sandbox":false}', 'sandbox'],
  ['', 'wrong arguments'],
])('%s is refused with a reason and never run', (args, reason) => {
  const before = ran.length
  const prepared = tool.prepare(args)
  expect(prepared.ok).toBe(false)
  expect(prepared.ok ? '' : prepared.message).toContain(reason)
  expect(prepared.ok ? '' : prepared.message).toContain('Nothing was executed')
  expect(ran.length).toBe(before)
})

test('the declaration is a plain JSON schema', () => {
  expect(tool.declaration).toEqual({
    name: 'greet',
    description: 'Greets.',
    schema: {
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1 },
        times: { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 },
      },
      required: ['name'],
      additionalProperties: false,
    },
  })
})
