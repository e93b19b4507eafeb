import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { escapeForDisplay } from './escape-for-display.ts'

test.each([
  ['plain text\n\tindented ü 漢字 👍🏽', 'plain text\n\tindented ü 漢字 👍🏽'],
  ['\u001B[31mred', '‹U+001B›[31mred'],
  ['a\rb', 'a‹U+000D›b'],
  ['\u009B2J', '‹U+009B›2J'],
  ['user\u202Etxt.exe', 'user‹U+202E›txt.exe'],
  ['a\u200Bb\uFEFF', 'a‹U+200B›b‹U+FEFF›'],
  ['\u{E0041}', '‹U+E0041›'],
])('%j', (text, shown) => {
  expect(escapeForDisplay(text)).toBe(shown)
})

test('what is shown never holds a control or an invisible character, and plain text is untouched', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      const shown = escapeForDisplay(text)
      expect(
        /[^\P{C}\n\t\p{Co}\p{Cn}\p{Cs}]/u.test(
          shown.replace(
            /\u{110BD}|\u{110CD}|[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2]|[\u{13430}-\u{1343F}]/gu,
            '',
          ),
        ),
      ).toBe(false)
    }),
  )
})
