import { expect, test } from 'vitest'
import { parseJavaScript } from '../javascript/parse-javascript.ts'
import { loadPython } from '../python/parse-python.ts'
import { findRedos } from './find-redos.ts'
import { isExponential } from './is-exponential.ts'

const places = (text: string) => {
  const file = parseJavaScript('a.js', text)
  if (file === null) throw new Error('the test program cannot be parsed')
  return findRedos(file).map((hit) => `${hit.line}:${hit.detail ?? ''}`)
}

test('patterns are found as literals, in constructors and in calls of Python', async () => {
  expect(places('const a = 1\nconst b = /^(\\w+-?)+$/')).toEqual(['2:^(\\w+-?)+$'])
  expect(places("new RegExp('(a|a)*b')")).toEqual(['1:(a|a)*b'])
  expect(places('const ok = /^\\w+(?:-\\w+)*$/')).toEqual([])
  const file = (await loadPython())('a.py', 'import re\nX = re.compile(r"^(\\d+,?)+$")\n')
  expect(file === null ? null : findRedos(file).map((hit) => hit.line)).toEqual([2])
})

test('a text of many backslashes does not hang the search for patterns', () => {
  // With a pattern that reads a backslash in two ways this takes longer than the age of the universe.
  expect(places(`/* RegExp("${'\\'.repeat(200)} */`)).toEqual([])
})

test('its own patterns are not exponential', () => {
  expect(isExponential('(?:\\\\.|.)*x')).toBe(true)
  expect(isExponential('(?:\\\\.|[^\\\\])*x')).toBe(false)
})
