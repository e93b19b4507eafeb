import { expect, test } from 'vitest'
import { createRequestCheck } from './model-step.ts'

const request = {
  system: '',
  tools: [],
  items: [{ type: 'results' as const, results: [{ id: 'c1', tool: 'exec', ok: true, parts: [] }] }],
}

test('a result without its call is not sent', () => {
  const check = createRequestCheck({ wire: 'messages' })
  expect(() => check(request)).toThrow('the request is not valid for messages')
})

test('where nothing is sent nothing is checked', () => {
  expect(() => createRequestCheck({})(request)).not.toThrow()
})
