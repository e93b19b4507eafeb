import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const wait = (headers: { [name: string]: string }, body = '') => retryAfterMs(new Headers(headers), body, NOW)

test.each([
  [{ 'retry-after-ms': '350' }, '', 350],
  [{ 'retry-after-ms': '350', 'retry-after': '9' }, '', 350],
  [{ 'retry-after': '2' }, '', 2000],
  [{ 'retry-after': '0.5' }, '', 500],
  [{ 'retry-after': '0' }, '', 0],
  [{ 'retry-after': 'Mon, 23 Nov 2026 12:00:07 GMT' }, '', 7000],
  [{ 'retry-after': 'Mon, 23 Nov 2026 11:59:00 GMT' }, '', 0],
  [{}, '{"error":{"details":[{"retryDelay":"12.5s"}]}}', 12_500],
  [{}, 'Rate limit reached. Please try again in 1.898s. Visit …', 1898],
  [{}, 'Please try again in 350ms.', 350],
  [{}, 'Please retry after 20 seconds.', 20_000],
  [{}, 'Please try again in 1m30s', 90_000],
  [{}, 'Please try again in 2 minutes', 120_000],
  [{}, 'Limit 30000 tokens per min, used 29000', null],
  [{ 'retry-after': 'soon' }, '', null],
])('%j %s means %s ms', (headers, body, expected) => {
  expect(wait(headers as { [name: string]: string }, body)).toBe(expected)
})
