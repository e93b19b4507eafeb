import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { cutWords, MAX_SUBJECT, subjectOf, subjectOfFiles } from './subject.ts'

test.each([
  ['make the failing tests pass', 'Make the failing tests pass'],
  [
    'Hi, could you please add a --json flag to the list command? Thanks!',
    'Add a --json flag to the list command',
  ],
  ['# Task\nfix it', 'Task'],
  ['- [ ] x\n', '[ ] x'],
  ['parse_header crashes. See the log.', 'parse_header crashes'],
  ["Let's rename src/a.b.ts to src/b.ts.", 'Rename src/a.b.ts to src/b.ts'],
  ['I want you to bump node to v24.1 everywhere', 'Bump node to v24.1 everywhere'],
  ['```\ncode\n```\nmend the code above', 'Code'],
  ['why does it fail?', null],
  ['   \n\n', null],
  ['🚀🚀', null],
  [
    'please make the retry of the upload wait twice as long after each failure, up to one minute in total',
    'Make the retry of the upload wait twice as long after each failure, up…',
  ],
  ['fix\u001B[31m \u202Ethe parser', 'Fix [31m the parser'],
])('the request %j gives the subject %j', (request, subject) => {
  expect(subjectOf(request)).toBe(subject)
})

test('a subject is one line of the allowed length, whatever was asked', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 300 }), (request) => {
      const subject = subjectOf(request)
      if (subject === null) return
      expect(subject.length).toBeLessThanOrEqual(MAX_SUBJECT)
      expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
      expect(subject.trim()).toBe(subject)
    }),
  )
})

test('long names of files are cut at their beginning', () => {
  expect(subjectOfFiles(['a.js'])).toBe('Change a.js')
  expect(subjectOfFiles(['a.js', 'b.js'])).toBe('Change a.js and 1 more file')
  expect(subjectOfFiles([`${'deep/'.repeat(30)}a.js`])).toHaveLength(MAX_SUBJECT)
  expect(cutWords('😀'.repeat(60), 10)).toBe('😀😀😀😀…')
})
