import * as fs from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openWorkspace } from '../open-workspace.ts'
import { tempFolder } from '../testing/temp-folder.ts'

function setUp(content: string | Uint8Array) {
  const temp = tempFolder({ f: content })
  const ws = openWorkspace({ root: temp.path, env: {} })
  return { temp, ws, text: () => fs.readFileSync(join(temp.path, 'f'), 'utf8') }
}

test('replaces one exact occurrence, dollar signs included', () => {
  const { temp, ws, text } = setUp('a = $1\nb\n')
  using _ = temp
  const result = ws.edit('f', 'a = $1', "a = $& $' $$")
  expect(result).toMatchObject({
    ok: true,
    value: { summary: 'M f (1 replacement)', files: [{ path: 'f', op: 'wrote' }] },
  })
  expect(text()).toBe("a = $& $' $$\nb\n")
})

test('lists the lines of several occurrences, and replaces all on demand', () => {
  const { temp, ws, text } = setUp('x\ny x\nx\n')
  using _ = temp
  const refused = ws.edit('f', 'x', 'z')
  expect(refused).toMatchObject({ ok: false, code: 'ambiguous' })
  expect(refused.ok ? '' : refused.message).toContain('lines 1, 2, 3')
  expect(ws.edit('f', 'x', 'z', { all: true }).ok).toBe(true)
  expect(text()).toBe('z\ny z\nz\n')
})

test('overlapping occurrences are ambiguous', () => {
  const { temp, ws } = setUp('aaa')
  using _ = temp
  expect(ws.edit('f', 'aa', 'b')).toMatchObject({ code: 'ambiguous' })
})

test('a text that is not there shows the nearest block', () => {
  const { temp, ws } = setUp('one\nfunction total(items) {\n  return items.length\n}\n')
  using _ = temp
  const refused = ws.edit('f', 'function total(items) {\n  return items.size\n}', 'x')
  expect(refused).toMatchObject({ ok: false, code: 'mismatch' })
  expect(refused.ok ? '' : refused.message).toContain('line 3 is: "  return items.length"')
})

test.each([
  ['CRLF with an LF text', 'a\r\nb\r\nc\r\n', 'a\nb', 'x\ny', 'x\r\ny\r\nc\r\n'],
  ['CRLF, one line into two', 'a\r\nb\r\n', 'a', 'x\ny', 'x\r\ny\r\nb\r\n'],
  ['LF with a CRLF text', 'a\nb\nc\n', 'a\r\nb', 'x\r\ny', 'x\ny\nc\n'],
  ['no final newline', 'a\nb', 'b', 'c', 'a\nc'],
  ['a byte-order mark', '\ufeffa\nb\n', 'a\nb', 'c', '\ufeffc\n'],
])('keeps %s', (_, before, oldText, newText, after) => {
  const { temp, ws, text } = setUp(before)
  using _temp = temp
  expect(ws.edit('f', oldText, newText).ok).toBe(true)
  expect(text()).toBe(after)
})

test('an empty old text creates a file, fills an empty one, and replaces nothing', () => {
  const { temp, ws, text } = setUp('')
  using _ = temp
  expect(ws.edit('new/g', '', 'g\n')).toMatchObject({
    ok: true,
    value: { files: [{ path: 'new/g', before: null }] },
  })
  expect(ws.edit('f', '', 'now\n').ok).toBe(true)
  expect(ws.edit('f', '', 'again\n')).toMatchObject({ ok: false, code: 'exists' })
  expect(text()).toBe('now\n')
})

test('refuses a missing file, the same text, binary and broken UTF-8', () => {
  const { temp, ws } = setUp(Buffer.from([0x61, 0xff]))
  using _ = temp
  fs.writeFileSync(join(temp.path, 'bin'), Buffer.from([0x61, 0]))
  fs.writeFileSync(join(temp.path, 'a'), 'a')
  expect(ws.edit('nope', 'a', 'b')).toMatchObject({ code: 'not-found' })
  expect(ws.edit('a', 'a', 'a')).toMatchObject({ code: 'bad-patch' })
  expect(ws.edit('f', 'a', 'b')).toMatchObject({ code: 'binary' })
  expect(ws.edit('bin', 'a', 'b')).toMatchObject({ code: 'binary' })
})

test('any unique substring of any text is replaced exactly', () => {
  const { temp, ws, text } = setUp('')
  using _ = temp
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.nat(40),
      fc.nat(10),
      fc.string(),
      (before, at, length, after) => {
        const old = before.slice(at, at + length)
        if (
          old === '' ||
          before.includes('\0') ||
          before.split(old).length !== 2 ||
          old === after ||
          /[\r\ud800-\udfff]/.test(before + after)
        )
          return
        fs.writeFileSync(join(temp.path, 'f'), before)
        const result = ws.edit('f', old, after)
        if (!result.ok && result.code === 'ambiguous') return
        expect(result.ok).toBe(true)
        expect(text()).toBe(before.replace(old, () => after))
      },
    ),
  )
})
