import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { originOf, parseCheckpoint, signCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { loadOrCreateKey, readVkey } from './key-file.ts'
import { parseVerifier, verifyText } from './signed-note.ts'
import { tempDir } from './testing/temp-dir.ts'

const checkpoint = { origin: originOf('s1'), size: 42, root: 'ab'.repeat(32) }

test('a note of the reference implementation verifies', () => {
  const text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
  const signature =
    'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM='
  const verifier = parseVerifier('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
  expect(verifyText(`${text}\n— PeterNeumann ${signature}\n`, verifier)).toBeNull()
  expect(verifyText(`${text.replace('If', 'Of')}\n— PeterNeumann ${signature}\n`, verifier)).toMatch(
    /does not fit/,
  )
  expect(verifyText(`${text}\n— Somebody ${signature}\n`, verifier)).toMatch(/no signature of the key/)
})

test('a checkpoint verifies with the public key alone, and has the form of C2SP', () => {
  const key = loadOrCreateKey(tempDir())
  const note = signCheckpoint(checkpoint, key)
  expect(note).toMatch(/^cairn\/journal\/s1\n42\n[A-Za-z0-9+/]{43}=\n\n— cairn-journal [A-Za-z0-9+/]{91}=\n$/)
  expect(parseCheckpoint(note)).toEqual(checkpoint)
  expect(verifyCheckpoint(note, key.vkey)).toEqual({ ok: true, checkpoint })
})

test('no byte of a checkpoint can be changed, and none removed', () => {
  const key = loadOrCreateKey(tempDir())
  const note = Buffer.from(signCheckpoint(checkpoint, key))
  for (let at = 0; at < note.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = Buffer.from(note)
      changed[at] = (changed[at] ?? 0) ^ (1 << bit)
      expect(verifyCheckpoint(changed.toString('utf8'), key.vkey).ok, `byte ${at} bit ${bit}`).toBe(false)
    }
    expect(verifyCheckpoint(note.toString('utf8', 0, at), key.vkey).ok).toBe(false)
  }
})

test('another key is not believed, although it has the same name', () => {
  const note = signCheckpoint(checkpoint, loadOrCreateKey(tempDir()))
  expect(verifyCheckpoint(note, loadOrCreateKey(tempDir()).vkey)).toMatchObject({ ok: false })
})

test('the key is made once, for its owner only, and its public half lies beside it', () => {
  const dir = join(tempDir(), 'new', 'folder')
  expect(readVkey(dir)).toBeNull()
  const key = loadOrCreateKey(dir)
  expect(loadOrCreateKey(dir).vkey).toBe(key.vkey)
  expect(readVkey(dir)).toBe(key.vkey)
  expect(statSync(join(dir, 'journal.key')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(dir, 'journal.vkey'), 'utf8')).not.toContain('PRIVATE')
  rmSync(join(dir, 'journal.vkey'))
  loadOrCreateKey(dir)
  expect(readVkey(dir)).toBe(key.vkey)
})

test('a key that others can read, and one that is no key, are refused', () => {
  const dir = tempDir()
  loadOrCreateKey(dir)
  chmodSync(join(dir, 'journal.key'), 0o644)
  expect(() => loadOrCreateKey(dir)).toThrow(expect.objectContaining({ code: 'bad-key' }))
  chmodSync(join(dir, 'journal.key'), 0o600)
  writeFileSync(join(dir, 'journal.key'), 'no key')
  expect(() => loadOrCreateKey(dir)).toThrow(expect.objectContaining({ code: 'bad-key' }))
})

test.each(['', 'name', 'name+00000000+AAAA', 'n+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'])(
  'the vkey "%s" is refused',
  (vkey) => expect(() => parseVerifier(vkey)).toThrow(expect.objectContaining({ code: 'bad-key' })),
)
