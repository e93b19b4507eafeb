import { open } from 'node:fs/promises'
import { JournalError } from './journal-error.ts'
import { parseVerifier } from './signed-note.ts'
import type { VerifyOptions, VerifyResult } from './verify-result.ts'

const sqliteMagic = 'SQLite format 3\0'

/**
 * Verifies a log with nothing but the public key: the file of a store, also one that was tampered with or cut short,
 * or an export. Finds and locates changed, missing, moved and cut off events, and changed or missing blobs. Events
 * after the last checkpoint (a crash) are counted in `unsigned` and are no problem.
 *
 * What no file can prove about itself: that a tail which was never signed is complete, and, without `anchors`, that
 * nobody cut the log back to an older checkpoint. Throws `JournalError` `not-found`, or `bad-key` for a bad vkey.
 */
export async function verifyLog(path: string, options: VerifyOptions): Promise<VerifyResult> {
  // A bad key is the caller's mistake, not a defect of the log.
  if (options.vkey !== null) parseVerifier(options.vkey)
  const start = await firstBytes(path)
  if (start.startsWith('{')) return (await import('./verify-export.ts')).verifyExport(path, options)
  if (start === sqliteMagic) return (await import('./verify-store.ts')).verifyStore(path, options)
  const message = `${path} is neither a journal nor an export, or its very beginning was changed.`
  return {
    ok: false,
    size: 0,
    root: null,
    signed: 0,
    unsigned: 0,
    problems: [{ seq: null, code: 'not-a-journal', message }],
  }
}

async function firstBytes(path: string): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(sqliteMagic.length),
        0,
        sqliteMagic.length,
        0,
      )
      return buffer.toString('latin1', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw new JournalError(
      'not-found',
      `${path} cannot be read.`,
      'Check the path and its permissions.',
      { path },
      error,
    )
  }
}
