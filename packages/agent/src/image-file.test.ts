import { expect, test } from 'vitest'
import { AgentError } from './errors.ts'
import { describeImage, imageFile, MAX_IMAGE_BYTES, userInput } from './image-file.ts'
import { tinyPng } from './testing/tiny-png.ts'

test('an image is known by its content, whatever it is called', () => {
  const image = imageFile('shot.gif', tinyPng(3, 2))
  expect(image).toMatchObject({ mime: 'image/png', width: 3, height: 2 })
  expect(describeImage(image)).toBe(`shot.gif: PNG image, 3×2 pixels, ${image.bytes.length} bytes`)
})

test.each([
  ['a text', Buffer.from('no image at all'), 'is not an image that models take'],
  ['nothing', Buffer.alloc(0), 'is not an image that models take'],
  ['a drawing', Buffer.from('<svg width="4" height="4"></svg>'), 'is not an image that models take'],
  ['a wide one', tinyPng(8_001, 1), 'has 8001×1 pixels; models take at most 8000 a side'],
  ['a large one', Buffer.alloc(MAX_IMAGE_BYTES + 1), 'has 3.8 MB; models take at most 3.75 MB'],
])('%s is refused with a reason', (_name, bytes, why) => {
  expect(() => imageFile('x.png', bytes)).toThrow(`x.png ${why}`)
})

test('a cut image is refused or measured, and never breaks anything else', () => {
  const whole = tinyPng(3, 2)
  for (let length = 0; length < whole.length; length += 1)
    try {
      expect(imageFile('x.png', whole.subarray(0, length)).width).toBe(3)
    } catch (error) {
      expect(error).toBeInstanceOf(AgentError)
    }
})

test('a model that takes no images is not sent any', () => {
  const said = { text: 'look', images: [imageFile('x.png', tinyPng(1, 1))] }
  const blind = { provider: 'a', id: 'b', images: false }
  expect(() => userInput(said, blind)).toThrow('a/b takes no images')
  expect(userInput({ ...said, images: [] }, blind).text).toBe('look')
  expect(userInput(said, { ...blind, images: true })).toBe(said)
})
