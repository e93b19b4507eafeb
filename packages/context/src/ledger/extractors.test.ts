import { describe, expect, it } from 'vitest'
import { classifyAgent } from './classify-agent.ts'
import { classifyOutputLine } from './classify-output.ts'
import { ASSISTANT, OUTPUT, USER } from './extractor-corpus.ts'
import type { Sample } from './extractor-corpus.ts'
import { readUserStatement } from './extract-user.ts'

type Read = { type: string; polarity: 1 | -1 } | null

function measure(
  samples: readonly Sample[],
  read: (text: string) => Read,
): { precision: number; recall: number; wrong: string[] } {
  let [right, given, expected] = [0, 0, 0]
  const wrong: string[] = []
  for (const sample of samples) {
    const found = read(sample.text)
    const fits =
      (found?.type ?? null) === sample.type && (found === null || found.polarity === (sample.polarity ?? 1))
    if (found) given++
    if (sample.type) expected++
    if (fits && found) right++
    if (!fits)
      wrong.push(
        `${sample.text} → ${found ? `${found.type} ${found.polarity}` : 'null'}, not ${sample.type} ${sample.polarity ?? 1}`,
      )
  }
  return { precision: right / given, recall: right / expected, wrong }
}

describe('extractors on the hand-written corpus', () => {
  const readers: [string, readonly Sample[], (text: string) => Read][] = [
    ['user', USER, readUserStatement],
    ['assistant', ASSISTANT, classifyAgent],
    [
      'tool output',
      OUTPUT,
      (text) => {
        const type = classifyOutputLine(text)
        return type ? { type, polarity: 1 } : null
      },
    ],
  ]
  it.each(readers)('%s sentences', (name, samples, read) => {
    const { precision, recall, wrong } = measure(samples, read)
    console.log(
      `${name}: ${samples.length} sentences, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}${wrong.map((line) => `\n  ${line}`).join('')}`,
    )
    expect(precision).toBeGreaterThanOrEqual(0.95)
    expect(recall).toBeGreaterThanOrEqual(0.95)
  })
})
