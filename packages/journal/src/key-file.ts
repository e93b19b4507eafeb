import { generateKeyPairSync, randomBytes } from 'node:crypto'
import {
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { JournalError } from './journal-error.ts'
import { signingKeyOf } from './signed-note.ts'
import type { SigningKey } from './signed-note.ts'

const keyName = 'cairn-journal'
const secretFile = 'journal.key'
const publicFile = 'journal.vkey'

/**
 * The key that signs the checkpoints of this data folder: `journal.key` (PEM, mode 0600), made on first use, and its
 * public half in `journal.vkey`. Throws `JournalError` `bad-key` where others may read the file or it is no key.
 */
export function loadOrCreateKey(dir: string): SigningKey {
  const path = join(dir, secretFile)
  const key = signingKeyOf(readSecret(path) ?? createSecret(dir, path), keyName)
  if (readVkey(dir) === null) writeFileSync(join(dir, publicFile), `${key.vkey}\n`, { mode: 0o644 })
  return key
}

/** The public half of the folder's key, which is all that verifying needs; null where there is none yet. */
export function readVkey(dir: string): string | null {
  try {
    return readFileSync(join(dir, publicFile), 'utf8').trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function readSecret(path: string): string | null {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
  try {
    const mode = fstatSync(file).mode & 0o777
    // Windows has no such modes: there the folder's access list protects the file.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new JournalError(
        'bad-key',
        `Others than its owner may use the signing key ${path} (mode ${mode.toString(8)}).`,
        'Run chmod 600 on it if nobody else can have read it; otherwise move it away, and a new one is made.',
        { path, mode },
      )
    }
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

/** Written aside and then linked, so that two processes starting at once agree on one whole key. */
function createSecret(dir: string, path: string): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(aside, pem, { mode: 0o600, flag: 'wx', flush: true })
  try {
    linkSync(aside, path)
    return pem
  } catch (error) {
    const winner = codeOf(error) === 'EEXIST' ? readSecret(path) : null
    if (winner === null) throw error
    return winner
  } finally {
    unlinkSync(aside)
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null)
