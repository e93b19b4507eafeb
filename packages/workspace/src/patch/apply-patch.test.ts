import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openWorkspace } from '../open-workspace.ts'
import { snapshot, tempFolder } from '../testing/temp-folder.ts'

const two = 'class A {\n  run() {\n    return 1\n  }\n}\nclass B {\n  run() {\n    return 1\n  }\n}\n'

function run(files: Record<string, string>, patch: string) {
  using temp = tempFolder(files)
  const before = snapshot(temp.path)
  const result = openWorkspace({ root: temp.path, env: {} }).applyPatch(patch)
  const after = snapshot(temp.path)
  if (!result.ok) expect(after).toEqual(before)
  const text = (path: string) => after[path]?.slice(after[path].indexOf(' ') + 1)
  return { result, text, message: result.ok ? '' : result.message }
}

const update = (path: string, ...body: string[]) =>
  ['*** Begin Patch', `*** Update File: ${path}`, ...body, '*** End Patch'].join('\n')

test('reports effects with the hashes before and after', () => {
  using temp = tempFolder({ 'a.txt': 'a\n', 'd.txt': 'd\n' })
  const ws = openWorkspace({ root: temp.path, env: {} })
  const before = ws.fileHash('a.txt')
  const patch =
    '*** Begin Patch\n*** Update File: a.txt\n*** Move to: b.txt\n@@\n-a\n+b\n*** Delete File: d.txt\n*** Add File: n/e.txt\n+e\n*** End Patch'
  const result = ws.applyPatch(patch)
  if (!result.ok) throw new Error(result.message)
  expect(result.value.summary).toBe('R a.txt -> b.txt (+1 -1)\nD d.txt\nA n/e.txt (+1)')
  expect(result.value.files.map(({ path, op }) => [path, op])).toEqual([
    ['a.txt', 'deleted'],
    ['b.txt', 'wrote'],
    ['d.txt', 'deleted'],
    ['n/e.txt', 'wrote'],
  ])
  expect(result.value.files[0]).toMatchObject({ before, after: null })
  expect(result.value.files[1]).toMatchObject({ before: null, after: ws.fileHash('b.txt') })
})

test('keeps the mode of an updated and of a moved file', () => {
  using temp = tempFolder({ 'run.sh': 'a\n' })
  fs.chmodSync(join(temp.path, 'run.sh'), 0o755)
  const ws = openWorkspace({ root: temp.path, env: {} })
  expect(ws.applyPatch(update('run.sh', '*** Move to: bin/run.sh', '@@', '-a', '+b')).ok).toBe(true)
  expect(fs.statSync(join(temp.path, 'bin/run.sh')).mode & 0o777).toBe(0o755)
})

test('a hunk that fits in two places is refused with both lines, and a header settles it', () => {
  const ambiguous = run({ a: two }, update('a', '@@', '-    return 1', '+    return 2'))
  expect(ambiguous.result).toMatchObject({ ok: false, code: 'ambiguous' })
  expect(ambiguous.message).toContain('lines 3, 8')
  for (const header of [
    '@@ class B {',
    '@@ class B',
    '@@class B {',
    '@@ -8,1 +8,1 @@',
    '@@ class B {\n@@   run() {',
  ]) {
    const { text } = run({ a: two }, update('a', header, '-    return 1', '+    return 2'))
    expect(text('a'), header).toBe(two.replace(/1(?=[^1]*$)/, '2'))
  }
  const first = run({ a: two }, update('a', '@@ class A {', '-    return 1', '+    return 2'))
  expect(first.text('a')).toBe(two.replace('1', '2'))
  const useless = run({ a: two }, update('a', '@@ run() {', '-    return 1', '+    return 2'))
  expect(useless.result).toMatchObject({ ok: false, code: 'ambiguous' })
})

test('the order of the hunks settles places, too', () => {
  const patch = update(
    'a',
    '@@ class A {',
    '-    return 1',
    '+    return 2',
    '@@',
    '-    return 1',
    '+    return 3',
  )
  expect(run({ a: two }, patch).text('a')).toBe(two.replace('1', '2').replace('1', '3'))
})

test('hunks out of order are taken where each has one place; overlapping ones are not', () => {
  const file = 'one\ntwo\nthree\n'
  expect(run({ a: file }, update('a', '@@', '-three', '+3', '@@', '-one', '+1')).text('a')).toBe(
    '1\ntwo\n3\n',
  )
  expect(
    run({ a: file }, update('a', '@@', ' one', '-two', '+2', '@@', ' one', '-two', '+zwei')).result,
  ).toMatchObject({
    code: 'mismatch',
  })
})

test.each([
  [
    'trailing space in the file',
    'if (a) {  \n  b()\t\n}\n',
    ['@@', ' if (a) {', '-  b()', '+  c()'],
    'if (a) {  \n  c()\n}\n',
  ],
  [
    'other indentation',
    '\tif (a) {\n\t\tb()\n\t}\n',
    ['@@', ' if (a) {', '-\tb()', '+\tc()', '+\td()'],
    '\tif (a) {\n\t\tc()\n\t\td()\n\t}\n',
  ],
  ['too much indentation', 'x\nb()\n', ['@@', '-    b()', '+    c()'], 'x\nc()\n'],
  ['typographic punctuation', 'say(“hi” — it’s)\n', ['@@', '-say("hi" - it\'s)', '+say(1)'], 'say(1)\n'],
  ['a bare empty line as context', 'a\n\nb\n', ['@@', ' a', '', '-b', '+c'], 'a\n\nc\n'],
  ['empty lines between operations', 'a\nb\n', ['@@', '-a', '+c', '', ''], 'c\nb\n'],
  ['no @@ at all', 'a\nb\n', [' a', '-b', '+c'], 'a\nc\n'],
])('matches over %s', (_, file, body, expected) => {
  expect(run({ a: file }, update('a', ...body)).text('a')).toBe(expected)
})

test('an exact match wins over loose ones', () => {
  expect(run({ a: '  b()\nb()\n' }, update('a', '@@', '-b()', '+c()')).text('a')).toBe('  b()\nc()\n')
})

test('context lines stay as the file has them', () => {
  const { text, result } = run({ a: 'keep me  \nold\n' }, update('a', '@@', ' keep me', '-old', '+new'))
  expect(text('a')).toBe('keep me  \nnew\n')
  expect(result).toMatchObject({ value: { summary: 'M a (+1 -1) [matched loosely: trailing-space]' } })
})

test.each([
  ['CRLF', 'a\r\nb\r\n', 'a\r\nc\r\nd\r\n'],
  ['mixed line ends', 'x\r\na\r\nb\n', 'x\r\na\r\nc\r\nd\r\n'],
  ['no final newline', 'a\nb', 'a\nc\nd'],
  ['a byte-order mark', '\ufeffa\nb\n', '\ufeffa\nc\nd\n'],
])('keeps %s', (_, file, expected) => {
  using temp = tempFolder({ f: file })
  expect(
    openWorkspace({ root: temp.path, env: {} }).applyPatch(update('f', '@@', ' a', '-b', '+c', '+d')).ok,
  ).toBe(true)
  expect(fs.readFileSync(join(temp.path, 'f'), 'utf8')).toBe(expected)
})

test('lines that are only added need a place', () => {
  expect(run({ a: two }, update('a', '@@', '+x')).result).toMatchObject({ code: 'ambiguous' })
  expect(run({ a: two }, update('a', '@@ class B {', '+  x')).text('a')).toBe(
    two.replace('class B {\n', 'class B {\n  x\n'),
  )
  expect(run({ a: 'a' }, update('a', '@@', '+x', '*** End of File')).text('a')).toBe('a\nx')
  expect(run({ a: '' }, update('a', '@@', '+x')).text('a')).toBe('x\n')
  expect(run({ a: two }, update('a', '@@ run() {', '+x')).result).toMatchObject({ code: 'ambiguous' })
  expect(run({ a: two }, update('a', '@@ nothing', '+x')).result).toMatchObject({ code: 'mismatch' })
})

test('a mismatch shows where the file and the hunk part, with real line numbers', () => {
  const file = Array.from({ length: 40 }, (_, i) => `const value${i} = compute(${i})`).join('\n')
  const { message, result } = run(
    { a: file, b: 'b\n' },
    `${update('b', '@@', '-b', '+c').replace('\n*** End Patch', '')}\n${update('a', '@@', ' const value20 = compute(20)', '-const value21 = compute(22)', '+x').replace('*** Begin Patch\n', '')}`,
  )
  expect(result).toMatchObject({ code: 'mismatch' })
  expect(message).toMatchInlineSnapshot(`
    "The change of a does not match the file (patch line 7). Nothing was written.
    expected: "const value21 = compute(22)"
    line 22 is: "const value21 = compute(21)"
    Nearest lines of a:
    20| const value19 = compute(19)
    21| const value20 = compute(20)
    22| const value21 = compute(21)
    23| const value22 = compute(22)
    Write the context and "-" lines exactly as they are in the file, and send the whole patch again."
  `)
})

test.each([
  [
    'several operations on one file in turn',
    { a: 'a\nb\n' },
    '*** Update File: a\n@@\n-a\n+A\n*** Update File: a\n@@\n A\n-b\n+B',
    { a: 'A\nB\n' },
  ],
  ['delete, then add', { a: 'a\n' }, '*** Delete File: a\n*** Add File: a\n+new', { a: 'new\n' }],
  ['add, then update', {}, '*** Add File: a\n+a\n*** Update File: a\n@@\n-a\n+b', { a: 'b\n' }],
  [
    'move away, then add',
    { a: 'a\n' },
    '*** Update File: a\n*** Move to: b\n*** Add File: a\n+new',
    { a: 'new\n', b: 'a\n' },
  ],
  [
    'swap by moves',
    { a: 'a\n', b: 'b\n' },
    '*** Update File: a\n*** Move to: t\n*** Update File: b\n*** Move to: a\n*** Update File: t\n*** Move to: b',
    { a: 'b\n', b: 'a\n' },
  ],
])('%s', (_, files, body, expected) => {
  const { result, text } = run(files, `*** Begin Patch\n${body}\n*** End Patch`)
  expect(result.ok).toBe(true)
  for (const [path, content] of Object.entries(expected)) expect(text(path)).toBe(content)
})

test.each([
  ['adding what exists', '*** Add File: a\n+x', 'exists'],
  ['adding twice', '*** Add File: n\n+x\n*** Add File: n\n+x', 'exists'],
  ['deleting what is missing', '*** Delete File: n', 'not-found'],
  ['updating what is missing', '*** Update File: n\n@@\n-a\n+b', 'not-found'],
  ['updating what was deleted', '*** Delete File: a\n*** Update File: a\n@@\n-a\n+b', 'not-found'],
  ['moving onto another', '*** Update File: a\n*** Move to: b\n@@\n-a\n+c', 'exists'],
  ['a file as a folder', '*** Add File: a/b\n+x', 'not-found'],
  ['a new file as a folder', '*** Add File: n\n+x\n*** Add File: n/m\n+x', 'bad-patch'],
  ['a folder as a file', '*** Delete File: dir', 'is-directory'],
  ['a good and a bad operation', '*** Update File: a\n@@\n-a\n+z\n*** Delete File: n', 'not-found'],
  ['a move out of the root', '*** Update File: a\n*** Move to: ../x\n@@\n-a\n+c', 'outside'],
  ['context only', '*** Update File: a\n@@\n a', 'bad-patch'],
  ['no change', '*** Update File: a', 'bad-patch'],
  ['a line without mark', '*** Update File: a\n@@\n-a\nb', 'bad-patch'],
  ['an added line without mark', '*** Add File: n\n+a\nb', 'bad-patch'],
  ['an unknown operation', '*** Rename File: a', 'bad-patch'],
  ['no path', '*** Delete File: ', 'bad-patch'],
  ['a late move', '*** Update File: a\n@@\n-a\n+b\n*** Move to: c', 'bad-patch'],
  ['nothing', '', 'bad-patch'],
])('refuses %s and writes nothing', (_, body, code) => {
  const { result } = run({ a: 'a\n', b: 'b\n', 'dir/c': 'c\n' }, `*** Begin Patch\n${body}\n*** End Patch`)
  expect(result).toMatchObject({ ok: false, code })
})

test('takes off a fence, a here-document, blank lines and CRLF, and nothing else', () => {
  const patch = update('a', '@@', '-a', '+b')
  for (const text of [
    `\n\n${patch}\n\n`,
    `\`\`\`diff\n${patch}\n\`\`\``,
    `apply_patch <<'EOF'\n${patch}\nEOF\n`,
    `<<PATCH\n${patch}\nPATCH`,
    patch.replaceAll('\n', '\r\n'),
  ]) {
    expect(run({ a: 'a\n' }, text).text('a'), text).toBe('b\n')
  }
  for (const text of [
    `\`\`\`\n${patch}`,
    `Here it is:\n${patch}`,
    patch.replace('\n*** End Patch', ''),
    `${patch}\nEOF`,
    '',
  ]) {
    expect(run({ a: 'a\n' }, text).result, text).toMatchObject({ ok: false, code: 'bad-patch' })
  }
})

test('refuses binary and non-UTF-8 files, but deletes and moves them unharmed', () => {
  using temp = tempFolder({ bin: Buffer.from([0, 1, 2]), latin: Buffer.from([0x61, 0xe9, 0x0a]) })
  const ws = openWorkspace({ root: temp.path, env: {} })
  expect(ws.applyPatch(update('latin', '@@', '-a', '+b'))).toMatchObject({ code: 'binary' })
  expect(ws.applyPatch(update('latin', '*** Move to: moved')).ok).toBe(true)
  expect(fs.readFileSync(join(temp.path, 'moved'))).toEqual(Buffer.from([0x61, 0xe9, 0x0a]))
  expect(ws.applyPatch('*** Begin Patch\n*** Delete File: bin\n*** End Patch').ok).toBe(true)
})
