import { createHash } from 'node:crypto'
import { closeSync, readFileSync } from 'node:fs'
import { fault, ioFault, success } from '../fault.ts'
import { type Root, locate } from '../paths/locate.ts'
import type { BytesResult, Outcome } from '../workspace.ts'
import { openInside } from './open-inside.ts'

/** A whole file of at most `most` bytes, whatever it holds. */
export function readBytes(root: Root, path: string, most: number): Outcome<BytesResult> {
  const at = locate(root, path)
  if (!at.ok) return at
  const opened = openInside(root, at.value)
  if (!opened.ok) return opened
  const { fd, stat } = opened.value
  try {
    if (stat.size > most)
      return fault('too-large', `${path} has ${stat.size} bytes; at most ${most} are read here.`)
    const bytes = readFileSync(fd)
    return success({
      path: at.value.rel,
      bytes,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
  } catch (error) {
    return ioFault('read', path, error)
  } finally {
    closeSync(fd)
  }
}
