import type { Prng } from '../prng.ts'

const ONSETS = ['v', 'qu', 'br', 'kl', 'st', 'm', 'dr', 'pl', 'gr', 'sn', 'tr', 'h', 'z', 'sp', 'l', 'f']
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ae', 'ou']
const MIDDLES = ['ld', 'nt', 'rk', 'mb', 'st', 'rn', 'lt', 'sk', 'rv', 'nd', 'pt', 'lm']
const ENDINGS = ['ra', 'on', 'ex', 'im', 'or', 'ane', 'ith', 'us', 'elo', 'ada', 'igo', 'ume']

/** Invented nouns: none is a prefix of another's use, so that a search hit on one is about that one. */
export function inventTopics(prng: Prng, count: number): string[] {
  const topics = new Set<string>()
  while (topics.size < count) {
    topics.add(prng.pick(ONSETS) + prng.pick(VOWELS) + prng.pick(MIDDLES) + prng.pick(ENDINGS))
  }
  return [...topics]
}

const VERBS = ['rework', 'simplify', 'extend', 'repair', 'speed up', 'split', 'document', 'untangle']
const THINGS = [
  'retry path',
  'parser',
  'session store',
  'upload queue',
  'router',
  'scheduler',
  'cache layer',
  'log writer',
]
const WHYS = [
  'a stalled socket currently blocks the others',
  'the second reader sees half a record',
  'nobody understands the order of the steps any more',
  'the numbers drift after a restart',
  'it grows with every run',
]
const FILLER = [
  'the buffer is drained in the order in which the frames came in',
  'a second pass picks up whatever the first one left behind',
  'the index is rebuilt when the header and the body disagree',
  'most of the time goes into reading the same block again',
  'the caller gets a handle and comes back later',
  'what remains is written out when the timer fires',
  'the table is small, so a scan is good enough here',
  'the old path is still there for callers that need it',
  'both ends agree on the frame size before the first byte',
  'an empty list is treated like a missing one',
]

export function requestSentence(prng: Prng): string {
  return `Please ${prng.pick(VERBS)} the ${prng.pick(THINGS)}: ${prng.pick(WHYS)}.`
}

export function fillerSentence(prng: Prng): string {
  const text = prng.pick(FILLER)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

export function filler(prng: Prng, sentences: number): string {
  return Array.from({ length: sentences }, () => fillerSentence(prng)).join(' ')
}

/** A line of tool noise that mentions a topic without saying anything about it, so that search has to choose. */
export function mention(prng: Prng, topic: string): string {
  return prng.pick([
    `[build] bundling ${topic} (${prng.int(2, 90)} modules)`,
    `src/${topic}/index.ts:${prng.int(1, 400)}:  // see ${topic} below`,
    `info  ${topic} loaded in ${prng.int(1, 80)}ms`,
    `test ${topic} smoke ... ok`,
  ])
}
