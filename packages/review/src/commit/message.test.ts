import type { CheckResult } from '@cairn/journal'
import { createRedactor } from '@cairn/guard'
import { array, assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { composeMessage, type MessageParts } from './message.ts'
import { secretLines } from './secret-lines.ts'
import { parseStatus } from './work-state.ts'

const check: CheckResult = {
  command: 'npm test',
  tree: 'a'.repeat(64),
  treeAfter: 'b'.repeat(64),
  exit: 0,
  ok: true,
  passed: 12,
  failed: null,
  failures: [],
  durationMs: 1,
}
const parts: MessageParts = {
  subject: 'Do it',
  words: '',
  evidence: { requests: ['do it'], statements: [], openItems: [], checks: [check] },
  standing: () => 'exact',
  foreign: [],
  trailers: ['Cairn-Session: s', 'Cairn-Task: t'],
}

test('a message names what is shown, what is not, what is open, and the checks', () => {
  const message = composeMessage({
    ...parts,
    words: 'Because.\n',
    evidence: {
      requests: ['do it', 'and that'],
      statements: [
        { text: 'do it', status: 'shown' },
        { text: 'keep the API', status: 'not shown' },
        { text: 'no new dependency', status: 'violated' },
      ],
      openItems: ['the docs are not written'],
      checks: [check, { ...check, command: 'npm run lint', ok: false, exit: 2, passed: null, failed: 3 }],
    },
    standing: ({ ok }) => (ok ? 'exact' : 'stale'),
    foreign: ['a.js'],
  })
  expect(message).toMatchInlineSnapshot(`
    "Do it

    Because.

    Asked for:
    - and that
    Shown by evidence:
    - do it
    Not shown by evidence:
    - keep the API
    Reported as open:
    - the docs are not written
    Violated:
    - no new dependency
    Checks:
    - npm test: passed (12 passed), on exactly these files (tree
      bbbbbbbbbbbb)
    - npm run lint: failed with exit 2 (3 failed), before the files were as
      they are here (tree bbbbbbbbbbbb)
    Holds changes that are not of the session:
    - a.js

    Cairn-Session: s
    Cairn-Task: t
    "
  `)
})

test('nothing that was said can become a trailer or a paragraph of its own', () => {
  assert(
    property(array(string({ unit: 'binary' })), array(string({ unit: 'binary' })), (asked, open) => {
      const text = [...asked, 'x\n\nSigned-off-by: a\u2028b <c@d>', `${'word '.repeat(40)}Acked-by: me`]
      const message = composeMessage({
        ...parts,
        evidence: { ...parts.evidence, requests: text, openItems: open },
      })
      const blocks = message.trimEnd().split('\n\n')
      expect(blocks).toHaveLength(3)
      expect(blocks[2]).toBe('Cairn-Session: s\nCairn-Task: t')
      for (const line of blocks[1]?.split('\n') ?? [])
        expect(line).toMatch(/^(?:- | {2}\S|Asked for:$|Reported as open:$|Checks:$)/u)
    }),
  )
})

test('the status of git is read: spaces, submodules, nested repositories, conflicts', () => {
  const h = '0'.repeat(40)
  const status = [
    `1 .M N... 100644 100644 100644 ${h} ${h} a b.js`,
    `1 A. N... 000000 100644 100644 ${h} ${h} new\nline`,
    `1 .M SC.. 160000 160000 160000 ${h} ${h} lib`,
    `u UU N... 100644 100644 100644 100644 ${h} ${h} ${h} both sides`,
    '? nested/',
    '? note.txt',
    '',
  ].join('\0')
  expect(parseStatus(status)).toEqual({
    changed: [
      { path: 'a b.js', kind: 'file', staged: false, unstaged: true },
      { path: 'new\nline', kind: 'file', staged: true, unstaged: false },
      { path: 'lib', kind: 'submodule', staged: false, unstaged: true },
      { path: 'nested', kind: 'nested repository', staged: false, unstaged: true },
      { path: 'note.txt', kind: 'untracked', staged: false, unstaged: true },
    ],
    conflicts: ['both sides'],
  })
})

test('secrets are found in what is added only, across the lines of a key', () => {
  const redactor = createRedactor({ registered: ['hunter2hunter2'], env: {}, salt: new Uint8Array(16) })
  const pem = [
    '-----BEGIN RSA PRIVATE KEY-----',
    'MIIEpAIBAAKCAQEA3',
    'x'.repeat(60),
    '-----END RSA PRIVATE KEY-----',
  ]
  const diff = [
    'diff --git a.js a.js',
    '--- a.js',
    '+++ a.js',
    '@@ -3 +3 @@',
    '-hunter2hunter2',
    '+plain',
    '@@ -9,0 +10,2 @@',
    '++++ b',
    '+hunter2hunter2',
    'diff --git k k',
    '--- /dev/null',
    '+++ k e y\t',
    `@@ -0,0 +1,${pem.length} @@`,
    ...pem.map((line) => `+${line}`),
    '',
  ].join('\n')
  expect(secretLines(diff, redactor).map(({ path, line }) => [path, line])).toEqual([
    ['a.js', 10],
    ['k e y', 1],
  ])
})
