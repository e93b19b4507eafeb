import { describe, expect, it } from 'vitest'
import { ledgerHarness } from './ledger-harness.ts'
import {
  HELD_OUT_AGENT,
  HELD_OUT_USER,
  SECOND_AGENT,
  SECOND_USER,
  SEALED_AGENT,
  SEALED_USER,
} from './heldout-corpus.ts'
import {
  FIFTH_AGENT,
  FIFTH_USER,
  FOURTH_AGENT,
  FOURTH_AGENT_CLOSED,
  FOURTH_USER,
  FOURTH_USER_CLOSED,
} from './heldout-more.ts'
import type { HeldOut } from './heldout-corpus.ts'
import { currentEntries } from './ledger-state.ts'
import type { Entry } from './entry.ts'

const RULES = new Set(['constraint', 'requirement', 'decision'])

/** Through the whole reducer, so that splitting and every later filter is measured too. */
function measure(samples: readonly HeldOut[], play: (text: string) => Entry[]) {
  let [right, given, expected] = [0, 0, 0]
  const wrong: string[] = []
  for (const { text, is, polarity } of samples) {
    // What the user merely reports is kept as a fact; it binds nobody.
    const found = play(text).filter((entry) => entry.type !== 'fact' && entry.type !== 'question')
    const fits = found.some((entry) => (is === 'rule' ? RULES.has(entry.type) : entry.type === is))
    const turned = is === 'rule' && fits && !found.some((entry) => entry.polarity === (polarity ?? 1))
    if (found.length > 0) given++
    if (is !== null) expected++
    if (fits && !turned) right++
    if (is === null ? found.length > 0 : !fits || turned)
      wrong.push(
        `${text} → ${found.map((entry) => `${entry.type} ${entry.polarity}`).join(', ') || 'nothing'}`,
      )
  }
  return { precision: right / given, recall: right / expected, wrong }
}

const SEALED: ReadonlySet<readonly HeldOut[]> = new Set([
  SEALED_USER,
  SEALED_AGENT,
  FOURTH_USER_CLOSED,
  FOURTH_AGENT_CLOSED,
  FIFTH_USER,
  FIFTH_AGENT,
])

describe('extractors on sentences nobody tuned them to', () => {
  it.each([
    ['user', HELD_OUT_USER, 0.9, 0.85],
    ['assistant', HELD_OUT_AGENT, 0.9, 0.8],
    ['user', SECOND_USER, 0.9, 0.8],
    ['assistant', SECOND_AGENT, 0.9, 0.7],
    ['user', SEALED_USER, 0.9, 0.8],
    ['assistant', SEALED_AGENT, 0.9, 0.6],
    ['user', FOURTH_USER, 0.9, 0.75],
    ['assistant', FOURTH_AGENT, 0.9, 0.8],
    ['user', FOURTH_USER_CLOSED, 0.9, 0.8],
    ['assistant', FOURTH_AGENT_CLOSED, 0.9, 0.6],
    ['user', FIFTH_USER, 0.8, 0.6],
    ['assistant', FIFTH_AGENT, 0.8, 0.4],
  ] as const)('%s', (who, samples, leastPrecision, leastRecall) => {
    const { precision, recall, wrong } = measure(samples, (text) => {
      const made = ledgerHarness()
      if (who === 'user') made.say(text)
      else made.answer(text)
      return currentEntries(made.state)
    })
    console.log(
      `held out, ${who}${SEALED.has(samples) ? ' (sealed)' : ''}: ${samples.length} sentences, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}${wrong.map((line) => `\n  ${line}`).join('')}`,
    )
    // Sealed sentences are only measured: whoever tunes to them makes new ones.
    expect(precision).toBeGreaterThanOrEqual(leastPrecision)
    expect(recall).toBeGreaterThanOrEqual(leastRecall)
  })
})
