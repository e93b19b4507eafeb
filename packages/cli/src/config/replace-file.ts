import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** The text of a file; null where there is none. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Writes a file in one step: whoever reads it sees the old text or the new one. Its rights stay; a link to it stays a link. */
export function replaceFile(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const there = statSync(file, { throwIfNoEntry: false })
  const target = there === undefined ? file : realpathSync(file)
  const aside = `${target}.${randomBytes(6).toString('hex')}`
  writeFileSync(aside, text, {
    mode: there === undefined ? 0o644 : there.mode & 0o777,
    flag: 'wx',
    flush: true,
  })
  renameSync(aside, target)
}
