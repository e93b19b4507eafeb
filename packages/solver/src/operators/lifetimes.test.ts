import { expect, test } from 'vitest'
import { candidateTexts } from '../testing/candidate-texts.ts'

/** Without blanks, so that only the program counts. */
const flat = (text: string) => text.replace(/\s+/g, ' ')
const offers = (text: string) => candidateTexts(text).map(flat)

test('a failure is not kept in a cache', () => {
  const text =
    'export function load(key) {\n  const found = get(key)\n  known.set(key, found)\n  return found\n}\n'
  expect(offers(text)).toContain(
    flat(text.replace('found)\n', 'found)\n  found.catch(() => { known.delete(key) })\n')),
  )
  const entry = text.replace('get(key)', '{ at: 1, value: get(key) }')
  expect(offers(entry)).toContain(
    flat(entry.replace('found)\n', 'found)\n  found.value.catch(() => { known.delete(key) })\n')),
  )
  const table = text.replace('known.set(key, found)', 'known[key] = found')
  expect(offers(table)).toContain(
    flat(table.replace('= found\n', '= found\n  found.catch(() => { delete known[key] })\n')),
  )
})

test('what ends something is done even after a failure', () => {
  const text =
    'async function run(job) {\n  active++\n  const value = await job()\n  active--\n  return value\n}\n'
  expect(offers(text)).toContain(
    'async function run(job) { active++ try { return await job() } finally { active-- } } ',
  )
  const plain = 'function each(list) {\n  for (const one of list) one()\n  busy = false\n}\n'
  expect(offers(plain)).toContain(
    'function each(list) { try { for (const one of list) one() } finally { busy = false } } ',
  )
})

test('a timer is cleared before it is set anew', () => {
  const text = 'function later(f) {\n  timer = setTimeout(f, 10)\n}\n'
  expect(offers(text)).toContain('function later(f) { clearTimeout(timer) timer = setTimeout(f, 10) } ')
})
