import { describe, expect, it } from 'vitest'
import type { EventBodies } from '@cairn/journal'
import { textTokens } from '../project/tokens.ts'
import type { Node } from '../project/transcript.ts'
import { neededBy, toEpisodes } from './episode.ts'
import { FOLD_TOKENS, renderFold, renderFolds } from './render-folds.ts'

function step(seq: number, body: Partial<EventBodies['tool.done']>, args = '{"command":"npm test"}'): Node {
  const done = { call: `c${seq}`, tool: 'exec', ok: true, output: 'ok', ms: 1, exit: 0, ...body }
  return {
    kind: 'step',
    seq,
    time: seq,
    turn: 1,
    parts: [{ type: 'text', text: `I do step ${seq}.` }],
    native: null,
    calls: [
      {
        id: `c${seq}`,
        given: `c${seq}`,
        tool: 'exec',
        args,
        intended: true,
        done: { seq: seq + 1, body: done },
        late: false,
      },
    ],
    sealed: true,
  }
}

const user = (seq: number, text: string): Node => ({ kind: 'user', seq, turn: 1, text, attachments: [] })

const green = {
  command: 'npm test',
  tree: 't',
  treeAfter: 't',
  exit: 0,
  ok: true,
  passed: 3,
  failed: 0,
  failures: [],
  durationMs: 1,
}

describe('toEpisodes', () => {
  it('cuts at requests, green checks, and after a dozen steps', () => {
    const long = Array.from({ length: 20 }, (_, n) => step(100 + n * 2, {}))
    const episodes = toEpisodes([
      user(1, 'Fix it'),
      step(2, {}),
      step(4, { check: green }),
      step(6, {}),
      user(8, 'More'),
      ...long,
    ])
    expect(episodes.map(({ from, to, steps }) => [from, to, steps])).toEqual([
      [2, 5, 2],
      [6, 7, 1],
      [100, 123, 12],
      [124, 139, 8],
    ])
    expect(episodes[0]).toMatchObject({ goal: 'for the request e:1', check: { ok: true } })
  })
})

describe('neededBy', () => {
  it('follows files backwards through what produced them', () => {
    const file = (path: string, op: 'seen' | 'wrote') => ({ path, op, after: 'x' })
    const episodes = toEpisodes([
      user(1, 'a'),
      step(2, { files: [file('types.ts', 'wrote')] }),
      user(4, 'b'),
      step(5, { files: [file('types.ts', 'seen'), file('api.ts', 'wrote')] }),
      user(7, 'c'),
      step(8, { files: [file('other.ts', 'wrote')] }),
    ])
    const needed = neededBy(episodes, new Set(['api.ts']))
    expect(episodes.map((episode) => needed.has(episode))).toEqual([true, true, false])
  })
})

describe('renderFolds', () => {
  it('keeps a fold within its bound whatever the episode says', () => {
    const files = Array.from({ length: 40 }, (_, n) => ({
      path: `src/a/very/long/path/${n}/${'x'.repeat(80)}.ts`,
      op: 'wrote' as const,
      after: 'x',
    }))
    const [episode] = toEpisodes([
      user(1, 'goal '.repeat(200)),
      step(2, { files, ok: false }, `{"command":"${'y'.repeat(4_000)}"}`),
    ])
    expect(episode && textTokens(renderFold(episode))).toBeLessThanOrEqual(FOLD_TOKENS + 4)
  })

  it('shows needed episodes first, then the newest, and says what is not listed', () => {
    const nodes = Array.from({ length: 50 }, (_, n) => [
      user(n * 10 + 1, `task ${n}`),
      step(n * 10 + 2, {}),
    ]).flat()
    const episodes = toEpisodes(nodes)
    const needed = new Set(episodes.slice(3, 4))
    const text = renderFolds(episodes, needed, 300)
    expect(textTokens(text)).toBeLessThan(320)
    expect(text).toContain('request e:31;')
    expect(text).toContain('request e:491;')
    expect(text).not.toContain('request e:201;')
    expect(text).toMatch(/^- \d+ more stretches of work between e:2 and/)
  })
})
