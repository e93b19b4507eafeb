import type { Prng } from '../prng.ts'
import type { Channel, PlantType } from './plant.ts'

/** The words a statement is made of. */
export interface Slots {
  topic: string
  /** A made-up identifier. */
  lit: string
  n: number
  /** A made-up package, for narrower scopes. */
  scope: string
}

type Form = (s: Slots) => string

const cap = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Several wordings a type, polite and blunt, with and without a modal verb: no single pattern catches them all. */
export const FORMS: Partial<Record<PlantType, readonly Form[]>> = {
  'constraint+': [
    (s) => `All ${s.topic} responses must carry the header X-${cap(s.lit)}.`,
    (s) => `Always run the ${s.topic} migration through scripts/${s.lit}.sh.`,
    (s) => `Every ${s.topic} module has to export a close function named ${s.lit}.`,
    (s) => `Make sure ${s.topic} timestamps end in the suffix ${s.lit}.`,
    (s) => `I want ${s.topic} errors to use the code ${s.lit}.`,
    (s) => `${cap(s.topic)} records need a ${s.lit} column, no exceptions.`,
  ],
  'constraint-': [
    (s) => `Do not touch anything under vendor/${s.topic}-${s.lit}.`,
    (s) => `Never add a dependency on ${s.topic}-${s.lit}.`,
    (s) => `You must not rename the ${s.topic} column ${s.lit}.`,
    (s) => `Please don't log the ${s.topic} payload field ${s.lit}.`,
    (s) => `No network calls from the ${s.topic} worker ${s.lit}, ever.`,
    (s) => `Avoid the ${s.lit} helper in ${s.topic} code.`,
  ],
  limit: [
    (s) => `Keep the ${s.topic} bundle ${s.lit} under ${s.n} KB.`,
    (s) => `The ${s.topic} endpoint ${s.lit} must answer within ${s.n} ms.`,
    (s) => `At most ${s.n} ${s.topic} retries are allowed for ${s.lit}.`,
  ],
  scoped: [
    (s) => `Until the ${s.lit} release, the ${s.topic} flag stays off.`,
    (s) => `Inside packages/${s.scope} indent ${s.topic} tables with ${s.n} spaces (${s.lit}); nowhere else.`,
    (s) => `For ${s.topic} tests only, use the fixture ${s.lit}.`,
  ],
  decision: [
    (s) => `Decision: keep the ${s.topic} cache in ${s.lit} because the alternative needs a second index.`,
    (s) => `I decided to store ${s.topic} rows in table ${s.lit} since joins stay cheap.`,
    (s) => `We go with ${s.lit} for the ${s.topic} queue; it survives restarts.`,
    (s) => `I'll use ${s.lit} for ${s.topic} instead of a hand-written loop.`,
  ],
  contract: [
    (s) => `POST /${s.topic} takes {"${s.lit}": string} and returns 202.`,
    (s) => `The ${s.topic} frame starts with a ${s.n}-byte length followed by the tag ${s.lit}.`,
  ],
  assumption: [
    (s) => `Assumption: the ${s.topic} feed delivers at least once (${s.lit}); not verified yet.`,
    (s) => `I assume ${s.topic} ids are ${s.n} characters long, prefix ${s.lit}.`,
    (s) => `Presumably ${s.topic} clocks are synchronised by ${s.lit}.`,
  ],
  rejected: [
    (s) => `Rejected: ${s.lit} for the ${s.topic} parser, it cannot stream.`,
    (s) => `I tried ${s.lit} for ${s.topic} and dropped it: it deadlocks under load.`,
    (s) => `${cap(s.lit)} does not work for ${s.topic}, so I reverted it.`,
  ],
  literal: [
    (s) => `The staging port of ${s.topic} is ${s.n} (${s.lit}).`,
    (s) => `${s.topic} fingerprint: sha1 ${s.lit}${s.n}`,
    (s) => `${cap(s.topic)} lives at ${s.lit}-${s.n}.internal.`,
  ],
}

/** Where each type may be planted. */
export const CHANNELS: Record<PlantType, readonly Channel[]> = {
  'constraint+': ['user-start', 'user-middle', 'user-end', 'paste', 'agents', 'agents-nested'],
  'constraint-': ['user-start', 'user-middle', 'user-end', 'paste', 'agents', 'agents-nested'],
  limit: ['user-start', 'user-middle', 'user-end', 'paste', 'agents'],
  scoped: ['user-start', 'user-middle', 'user-end', 'agents', 'agents-nested'],
  decision: ['assistant', 'reasoning', 'args', 'subagent', 'note'],
  contract: ['write', 'user-middle', 'note', 'assistant'],
  assumption: ['assistant', 'reasoning', 'note'],
  rejected: ['assistant', 'reasoning', 'note'],
  failure: ['check'],
  command: ['exec'],
  literal: ['user-middle', 'tool', 'comment', 'args', 'subagent'],
  plan: ['plan'],
  file: ['write'],
  process: ['process'],
  quote: ['user-middle', 'tool', 'assistant'],
  injection: ['tool', 'comment', 'subagent'],
  secret: ['tool'],
}

/** Queries that name the subject and describe the kind in words that the statements do not use. */
export function queriesFor(type: PlantType, topic: string): [string, string, string] {
  const kind: Record<PlantType, [string, string]> = {
    'constraint+': ['mandatory', 'which rule did somebody give about'],
    'constraint-': ['forbidden', 'is something off limits around'],
    limit: ['threshold maximum', 'how large may it get for'],
    scoped: ['special case rule', 'what applies locally to'],
    decision: ['choice rationale', 'what was picked for'],
    contract: ['interface signature', 'what is the api shape of'],
    assumption: ['guess unconfirmed', 'what did we suppose about'],
    rejected: ['failed attempt', 'which approach was abandoned with'],
    failure: ['red broken', 'what is still broken in'],
    command: ['how to launch', 'which invocation works with'],
    literal: ['value setting', 'what number or address belongs to'],
    plan: ['todo pending', 'which step is left for'],
    file: ['new source', 'where did the code go for'],
    process: ['background server', 'what is alive for'],
    quote: ['said elsewhere', 'who mentioned'],
    injection: ['strange text', 'what odd demand came with'],
    secret: ['credential', 'which key opens'],
  }
  const [keyword, question] = kind[type]
  return [`${topic} ${keyword}`, `${question} ${topic}?`, topic]
}

/** Turns a rule into its opposite; null where it has no plain opposite. */
export function flipPolarity(text: string): string | null {
  const turns: [RegExp, string][] = [
    [/^Do not /, 'Do '],
    [/^Never /, 'Always '],
    [/^Always /, 'Never '],
    [/must not/, 'must'],
    [/ must /, ' must not '],
    [/^Please don't /, 'Please '],
    [/^No network calls/, 'Network calls'],
    [/^Avoid /, 'Prefer '],
    [/has to export/, 'must not export'],
    [/^Make sure /, 'Make sure not all '],
    [/ stays off/, ' stays on'],
  ]
  for (const [pattern, by] of turns) if (pattern.test(text)) return text.replace(pattern, by)
  return null
}

export function pickForm(prng: Prng, type: PlantType): Form | null {
  const forms = FORMS[type]
  return forms === undefined ? null : prng.pick(forms)
}
