import { closeSync, readFileSync } from 'node:fs'
import { fault, ioFault, success } from '../fault.ts'
import type { Located, Root } from '../paths/locate.ts'
import type { Outcome } from '../workspace.ts'
import { openInside } from './open-inside.ts'
import { MAX_TEXT, looksBinary, tooLarge } from './read-range.ts'
import { decodeText } from './text-form.ts'

export interface LoadedText {
  bytes: Buffer
  text: string
  mode: number
}

/** A whole text file for editing: at most `MAX_TEXT` bytes of valid UTF-8 without NUL bytes. */
export function loadText(root: Root, at: Located): Outcome<LoadedText> {
  const loaded = loadBytes(root, at)
  if (!loaded.ok) return loaded
  const { bytes, mode } = loaded.value
  if (looksBinary(bytes))
    return fault('binary', `${at.asked} is a binary file: it cannot be edited as text. Use a command.`)
  const text = decodeText(bytes)
  if (text === null) {
    return fault(
      'binary',
      `${at.asked} is not valid UTF-8: an edit would damage it. Use a command that knows its encoding.`,
    )
  }
  return success({ bytes, text, mode })
}

/** Content and permission bits of a file of at most `MAX_TEXT` bytes. */
export function loadBytes(root: Root, at: Located): Outcome<{ bytes: Buffer; mode: number }> {
  const opened = openInside(root, at)
  if (!opened.ok) return opened
  const { fd, stat } = opened.value
  try {
    if (stat.size > MAX_TEXT) return tooLarge(at.asked, stat.size)
    return success({ bytes: readFileSync(fd), mode: stat.mode & 0o7777 })
  } catch (error) {
    return ioFault('read', at.asked, error)
  } finally {
    closeSync(fd)
  }
}
