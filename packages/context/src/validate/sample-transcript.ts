import type { Item, ToolDeclaration, UserPart } from '@cairn/models'
import * as fc from 'fast-check'

/** Valid transcripts for tests: what no validator of any shape may complain about. */
export const SAMPLE_TOOLS: ToolDeclaration[] = ['exec', 'read', 'edit'].map((name) => ({
  name,
  description: `Tool ${name}`,
  schema: { type: 'object', properties: { path: { type: 'string' } } },
}))

/** A 1x1 PNG. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).map((s) => `t ${s}`)
const userParts: fc.Arbitrary<UserPart[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: text.map((t): UserPart => ({ type: 'text', text: t })) },
    { weight: 1, arbitrary: fc.constant<UserPart>({ type: 'image', mime: 'image/png', base64: PIXEL }) },
  ),
  { minLength: 1, maxLength: 3 },
)

type Step =
  | { kind: 'user'; parts: UserPart[] }
  | { kind: 'say'; text: string; think: boolean }
  | {
      kind: 'call'
      tools: string[]
      text: string | null
      think: boolean
      outputs: string[]
      malformed: boolean
    }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('user' as const), parts: userParts }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('say' as const), text, think: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      tools: fc.array(fc.constantFrom('exec', 'read', 'edit'), { minLength: 1, maxLength: 4 }),
      text: fc.option(text),
      think: fc.boolean(),
      outputs: fc.array(fc.string(), { minLength: 4, maxLength: 4 }),
      malformed: fc.boolean(),
    }),
  },
)

/** Starts with the user and ends with what the model has to react to. */
export const transcript: fc.Arbitrary<Item[]> = fc
  .tuple(userParts, fc.array(step, { maxLength: 25 }))
  .map(([first, steps]) => assemble(first, steps))

function assemble(first: UserPart[], steps: readonly Step[]): Item[] {
  const items: Item[] = [{ type: 'user', parts: first }]
  let n = 0
  for (const s of steps) {
    if (s.kind === 'user') items.push({ type: 'user', parts: s.parts })
    else if (s.kind === 'say') {
      items.push({ type: 'assistant', parts: [...thought(s.think), { type: 'text', text: s.text }] })
    } else {
      const ids = s.tools.map(() => `call_${(n += 1)}`)
      items.push({
        type: 'assistant',
        parts: [
          ...thought(s.think),
          ...(s.text === null ? [] : [{ type: 'text' as const, text: s.text }]),
          ...s.tools.map((tool, i) => ({
            type: 'call' as const,
            id: ids[i] ?? '',
            tool,
            args: s.malformed ? '{"path": "a' : '{"path":"a.ts"}',
          })),
        ],
      })
      items.push({
        type: 'results',
        results: s.tools.map((tool, i) => ({
          id: ids[i] ?? '',
          tool,
          ok: i % 3 !== 0,
          parts: [{ type: 'text', text: s.outputs[i] ?? '' }],
        })),
      })
    }
  }
  if (items.at(-1)?.type === 'assistant')
    items.push({ type: 'user', parts: [{ type: 'text', text: 'go on' }] })
  return items
}

function thought(think: boolean): { type: 'reasoning'; text: string }[] {
  return think ? [{ type: 'reasoning', text: 'thinking' }] : []
}

/** A fixed transcript with every element the bad edits need: parallel calls, reasoning, an image, several turns. */
export function fixedTranscript(): Item[] {
  return assemble(
    [
      { type: 'text', text: 'Fix the parser.' },
      { type: 'image', mime: 'image/png', base64: PIXEL },
    ],
    [
      {
        kind: 'call',
        tools: ['read', 'exec'],
        text: 'I look.',
        think: true,
        outputs: ['one', 'two'],
        malformed: false,
      },
      { kind: 'say', text: 'Found it.', think: false },
      { kind: 'user', parts: [{ type: 'text', text: 'Then fix it.' }] },
      { kind: 'call', tools: ['edit'], text: null, think: true, outputs: ['done'], malformed: false },
      {
        kind: 'call',
        tools: ['exec', 'read'],
        text: null,
        think: true,
        outputs: ['red', 'src'],
        malformed: true,
      },
    ],
  )
}
