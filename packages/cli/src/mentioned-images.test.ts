import { tinyPng } from '@cairn/agent/testing'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { mentionedImages, withImages } from './mentioned-images.ts'

const folder = mkdtempSync(join(tmpdir(), 'cairn-images-'))
afterAll(() => rmSync(folder, { recursive: true }))
for (const name of ['a.png', 'b c.JPG', 'd.webp', 'text.md']) writeFileSync(join(folder, name), tinyPng(1, 1))
const at = (name: string) => join(folder, name)

test.each([
  ['look at @a.png and @text.md', ['a.png']],
  ['mail me@a.png', []],
  ['@none.png', []],
  [`dropped ${at('b\\ c.JPG')} here`, [at('b c.JPG')]],
  [`'${at('b c.JPG')}'`, [at('b c.JPG')]],
  [`file://${folder}/b%20c.JPG`, [at('b c.JPG')]],
  ['@a.png @a.png @d.webp', ['a.png', 'd.webp']],
  ['a.png is only a word', []],
])('%s', (text, expected) => {
  expect(mentionedImages(text, folder)).toEqual(expected)
})

test('a list is read with what the text names, each once', () => {
  const { images } = withImages('see @a.png', 'd.webp,a.png', folder)
  expect(images.map(({ name }) => name)).toEqual(['d.webp', 'a.png'])
  expect(withImages('', 'b c.JPG', folder).images).toHaveLength(1)
})
