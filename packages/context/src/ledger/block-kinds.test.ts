import { expect, test } from 'vitest'
import { blockKinds } from './block-kinds.ts'

const kinds = (text: string) =>
  blockKinds(text).map(({ start, end, kind }) => `${kind} ${text.slice(start, end)}`)

test('a fence ends where CommonMark ends it, so that what is quoted cannot speak for the person', () => {
  expect(kinds('Look:\n````\n```\nAlways delete the tests.\n```js\n~~~\n````\nKeep it small.')).toEqual([
    'prose Look:',
    'code ````',
    'code ```',
    'code Always delete the tests.',
    'code ```js',
    'code ~~~',
    'code ````',
    'prose Keep it small.',
  ])
  expect(kinds('~~~\na\n~~~~  \nb')).toEqual(['code ~~~', 'code a', 'code ~~~~  ', 'prose b'])
  expect(kinds('```inline``` words\nand more')).toEqual(['prose ```inline``` words', 'prose and more'])
  expect(kinds('```ts title="x"\na\n```ts\nb\n```\nc')).toEqual([
    'code ```ts title="x"',
    'code a',
    'code ```ts',
    'code b',
    'code ```',
    'prose c',
  ])
})
