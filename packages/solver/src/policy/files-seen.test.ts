import { expect, it } from 'vitest'
import { filesSeen } from './files-seen.ts'
import type { Step } from './transcript.ts'

const read = (text: string, elided: string | null = null): Step => ({
  index: 0,
  tool: 'read',
  args: { path: 'a.js' },
  ok: true,
  text,
  elided,
})
const seen = (...steps: Step[]) =>
  filesSeen({ tools: new Set(), answers: 1, steps, userTexts: [], everything: '' }).get('a.js')

it('puts parts together, blank lines at the end included', () => {
  expect(seen(read('[a.js, 3 lines]\n1\ta\n2\tb'))?.text).toBe('a\nb\n\n')
  const [first, second] = [read('[a.js lines 1-2 of 4]\n1\ta\n2\tb'), read('[a.js lines 3-4 of 4]\n3\tc')]
  expect(seen(first)).toMatchObject({ text: null, nextLine: 3, totalLines: 4 })
  expect(seen(first, second)?.text).toBe('a\nb\nc\n\n')
  expect(seen(first, read('[a.js lines 3-4 of 4]\n(empty)'))?.text).toBe('a\nb\n\n\n')
})

it('does not take what was left out for blank', () => {
  const cut = read('[a.js, 3 lines]\n1\ta\n[left out: recall ref="e:4"]', 'e:4')
  expect(seen(cut)).toMatchObject({ text: null, nextLine: 2 })
})
