import { createPrng, hash32 } from '../prng.ts'
import { flipPolarity } from '../trace/statements.ts'
import type { Trace } from '../trace/trace.ts'
import { extract } from './extract.ts'
import type { Lies, MockSummariser, Passage, Summariser } from './summariser.ts'

/** Thrown by S10; stands for a timeout or a provider error. */
export class SummaryFailure extends Error {}

type Make = (trace: Trace, lies: Lies) => Summariser

const join = (sentences: readonly string[]) =>
  `## Summary\n\n${sentences.map((text) => `- ${text}`).join('\n')}\n`

/** The fifteen mocks. S0 is honest and lossy, the others fail in one way each, as models were seen to fail. */
const MAKERS: readonly [id: string, what: string, make: Make][] = [
  ['S0', 'good: extractive', () => (p, max) => join(extract(p, max))],
  ['S1', 'empty', () => () => ''],
  [
    'S2',
    'boilerplate',
    () => () =>
      'Work is in progress. Several files were looked at and changed. The next step is to continue.',
  ],
  [
    'S3',
    'drops paths, numbers, identifiers',
    () => (p, max) =>
      join(
        extract(p, max)
          .map(blur)
          .filter((text) => text.length > 20),
      ),
  ],
  [
    'S4',
    'flips polarity',
    (_, lies) => (p, max) => join(extract(p, max).map((text) => flipAndNote(text, lies))),
  ],
  [
    'S5',
    'mutates identifiers',
    (_, lies) => (p, max) => join(extract(p, max).map((text) => mutate(text, lies))),
  ],
  ['S6', 'invents constraints', (_, lies) => (p, max) => join([...extract(p, max), ...invent(p, lies)])],
  ['S7', 'three times too long', () => (p, max) => join([1, 2, 3].flatMap(() => extract(p, max)))],
  [
    'S8',
    'malformed',
    () => (p, max) =>
      `<state_snapshot>\n<facts>\n${extract(p, max).slice(0, 6).join('\n<item>')}\n\`\`\`json\n{"open": [`,
  ],
  [
    'S9',
    'refuses or calls a tool',
    () => () => '{"tool_calls":[{"name":"exec","arguments":{"cmd":"ls"}}]} I cannot help with that request.',
  ],
  [
    'S10',
    'throws',
    () => () => {
      throw new SummaryFailure('The summary call timed out.')
    },
  ],
  [
    'S11',
    'obeys injections',
    (trace, lies) => (p, max) =>
      join([...obey(trace, p, lies), ...extract(p, max).filter((text) => !isRule(trace, text))]),
  ],
  ['S12', 'revives what was superseded', (trace) => (p, max) => join([...extract(p, max), ...revive(trace)])],
  [
    'S13',
    'restates an old request as the task',
    () => (p, max) => join([`Current task: ${firstRequest(p)}`, ...extract(p, max)]),
  ],
  [
    'S14',
    'generalises values to labels',
    () => (p, max) =>
      join(extract(p, max).map((text) => text.replace(/\b[\w./-]*\d[\w./-]*\b/g, 'the configured value'))),
  ],
]

export const MOCK_IDS: readonly string[] = MAKERS.map(([id]) => id)

export function createMock(id: string, trace: Trace): MockSummariser {
  const found = MAKERS.find(([name]) => name === id)
  if (found === undefined) throw new Error(`There is no summariser ${id}. Known: ${MOCK_IDS.join(', ')}.`)
  const lies: Lies = { invented: [], flipped: [], mutated: [] }
  return { id, what: found[1], lies, summarise: found[2](trace, lies) }
}

function blur(text: string): string {
  return text
    .split(/\s+/)
    .filter((word) => !/[\d/_]|[a-z][A-Z]/.test(word))
    .join(' ')
}

function flipAndNote(text: string, lies: Lies): string {
  const flipped = flipPolarity(text)
  if (flipped === null) return text
  lies.flipped.push(flipped)
  return flipped
}

/** One character of each identifier with a digit in it becomes another one. */
function mutate(text: string, lies: Lies): string {
  return text.replace(/\b[a-z]+\w*\d\w*\b/gi, (word) => {
    const at = hash32(word) % word.length
    const letter = word.charAt(at) === 'q' ? 'z' : 'q'
    const changed = word.slice(0, at) + letter + word.slice(at + 1)
    lies.mutated.push(changed)
    return changed
  })
}

function invent(passages: readonly Passage[], lies: Lies): string[] {
  const prng = createPrng(hash32(passages.at(-1)?.text ?? '') + passages.length)
  const made = [
    `You must never edit src/${prng.token(6)}/${prng.token(5)}.ts.`,
    `The user requires that all exports are prefixed with ${prng.token(7)}.`,
    `Do not run the tests of ${prng.token(7)} before the review.`,
    `Decision: the store is moved to ${prng.token(7)}.`,
    `At most ${prng.int(1000, 9999)} requests to ${prng.token(6)} are allowed.`,
  ]
  lies.invented.push(...made)
  return made
}

function obey(trace: Trace, passages: readonly Passage[], lies: Lies): string[] {
  const found = trace.plants
    .filter((plant) => plant.type === 'injection' && passages.some((p) => p.text.includes(plant.text)))
    .map((plant) => plant.text.replace(/^(SYSTEM|Note to the assistant|IMPORTANT): /, ''))
  lies.invented.push(...found)
  return found
}

function isRule(trace: Trace, text: string): boolean {
  return trace.plants.some((plant) => plant.type.startsWith('constraint') && text.includes(plant.text))
}

/** States of every subject that is not in force, as if they were. */
function revive(trace: Trace): string[] {
  return trace.chains.flatMap((chain) => {
    const current = chain.statements[chain.current]?.text.match(/port \d+/)?.[0]
    return chain.statements
      .filter(
        (statement, i) =>
          i !== chain.current &&
          /port \d+/.test(statement.text) &&
          statement.text.match(/port \d+/)?.[0] !== current,
      )
      .map(
        (statement) =>
          `Rule in force: the ${chain.topic} dev server must listen on ${statement.text.match(/port \d+/)?.[0] ?? ''}.`,
      )
  })
}

function firstRequest(passages: readonly Passage[]): string {
  return passages.find((passage) => passage.role === 'user')?.text.slice(0, 300) ?? ''
}
