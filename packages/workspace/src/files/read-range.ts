import { createHash } from 'node:crypto'
import { closeSync, readSync } from 'node:fs'
import { fault, ioFault, success } from '../fault.ts'
import { type Root, locate } from '../paths/locate.ts'
import type { Outcome, ReadResult } from '../workspace.ts'
import { openInside } from './open-inside.ts'

/** Most bytes of text that one read returns, and the largest file that is read or edited whole. */
export const MAX_TEXT = 10 * 1024 * 1024
/** Beyond this many bytes a file is not scanned at all: a sparse file can claim any size. */
const MAX_SCAN = 2 * 1024 * 1024 * 1024
const CHUNK = 256 * 1024

/**
 * Reads lines `first`..`last` of a text file in one streaming pass that also counts the lines and hashes the bytes:
 * memory is bounded by `MAX_TEXT`, whatever the size of the file or of a line. A range that starts behind the end gives
 * an empty text with `first` = `totalLines` + 1.
 */
export function readRange(
  root: Root,
  path: string,
  range: { first?: number; last?: number } = {},
): Outcome<ReadResult> {
  const at = locate(root, path)
  if (!at.ok) return at
  const opened = openInside(root, at.value)
  if (!opened.ok) return opened
  const { fd, stat } = opened.value
  try {
    const ranged = range.first !== undefined || range.last !== undefined
    if (stat.size > MAX_SCAN || (!ranged && stat.size > MAX_TEXT)) return tooLarge(path, stat.size)
    return scan(
      fd,
      path,
      at.value.rel,
      Math.max(1, Math.floor(range.first ?? 1)),
      Math.floor(range.last ?? Infinity),
    )
  } catch (error) {
    return ioFault('read', path, error)
  } finally {
    closeSync(fd)
  }
}

function scan(fd: number, path: string, rel: string, first: number, last: number): Outcome<ReadResult> {
  const hash = createHash('sha256')
  const chunk = Buffer.allocUnsafe(CHUNK)
  const kept: Buffer[] = []
  let keptBytes = 0
  let bytes = 0
  let line = 1
  let endsOpen = false
  for (;;) {
    const length = readSync(fd, chunk, 0, CHUNK, null)
    if (length === 0) break
    const data = chunk.subarray(0, length)
    if (bytes === 0 && looksBinary(data))
      return fault('binary', `${path} is a binary file. Use a command that understands its format.`)
    hash.update(data)
    bytes += length
    if (bytes > MAX_SCAN) return tooLarge(path, bytes)
    let keepFrom = -1
    let keepTo = -1
    for (let from = 0; from < length;) {
      const newline = data.indexOf(10, from)
      const end = newline < 0 ? length : newline + 1
      if (line >= first && line <= last) {
        if (keepFrom < 0) keepFrom = from
        keepTo = end
      }
      if (newline >= 0) line++
      endsOpen = newline < 0
      from = end
    }
    if (keepFrom >= 0) {
      keptBytes += keepTo - keepFrom
      if (keptBytes > MAX_TEXT) return tooLong(path, first, last)
      kept.push(Buffer.from(data.subarray(keepFrom, keepTo)))
    }
  }
  const totalLines = endsOpen ? line : line - 1
  const text = Buffer.concat(kept).toString('utf8')
  const shown = Math.min(last, totalLines)
  return success({
    path: rel,
    text: text.endsWith('\n') ? text.slice(0, -1) : text,
    first: Math.min(first, totalLines + 1),
    last: Math.max(shown, Math.min(first, totalLines + 1) - 1),
    totalLines,
    bytes,
    sha256: hash.digest('hex'),
  })
}

/** git's rule: a NUL byte near the start. UTF-16 text counts as binary, too: nothing here could edit it. */
export function looksBinary(data: Uint8Array): boolean {
  return data.subarray(0, 8000).includes(0)
}

export function tooLarge(path: string, bytes: number) {
  const size = `${Math.round(bytes / 1024 / 1024)} MB`
  return fault(
    'too-large',
    `${path} has ${size}; at most ${MAX_TEXT / 1024 / 1024} MB are handled whole. Search it, or read a range of lines.`,
  )
}

function tooLong(path: string, first: number, last: number) {
  const span = last === Infinity ? `from ${first}` : `${first}–${last}`
  return fault(
    'too-large',
    `Lines ${span} of ${path} have more than ${MAX_TEXT / 1024 / 1024} MB. Ask for fewer lines, or cut the line with a command.`,
  )
}
