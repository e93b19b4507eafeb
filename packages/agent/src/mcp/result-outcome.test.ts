import { expect, test } from 'vitest'
import { tinyPng } from '../testing/tiny-png.ts'
import { resultOutcome } from './result-outcome.ts'

test('a result is text, with images beside it as far as they are images', () => {
  const data = Buffer.from(tinyPng(2, 2)).toString('base64')
  const image = { type: 'image' as const, data, mimeType: 'image/png' }
  const outcome = resultOutcome({
    content: [
      { type: 'text', text: 'look' },
      image,
      { type: 'image', data: 'bm8gaW1hZ2U=', mimeType: 'image/png' },
      { type: 'audio', data: '', mimeType: 'audio/wav' },
      { type: 'resource', resource: { uri: 'a://b', text: 'inside' } },
      { type: 'resource', resource: { uri: 'a://c', blob: '' } },
      { type: 'resource_link', uri: 'https://x.example/', name: 'x' },
    ],
  })
  expect(outcome.output).toBe(
    'look\n[image 1]\n[image, not shown: the image is not an image that models take]\n[audio, not shown]\ninside\n[resource, not shown]\n[link https://x.example/]',
  )
  expect(outcome.images).toMatchObject([{ mime: 'image/png' }])
  expect(resultOutcome({ content: [image, image, image, image, image] }).images).toHaveLength(4)
  expect(resultOutcome({ content: [], structuredContent: { a: 1 }, isError: true })).toEqual({
    ok: false,
    output: '{"a":1}',
  })
})
