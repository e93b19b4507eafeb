import type { Action, ExactAction } from '@cairn/guard'
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { relative, resolve } from 'node:path'

const MOST_FILES = 64
/** Larger files are bound by their size and times. */
const LARGEST = 64 << 20
const CHUNK = 1 << 20

/** sha256 of what a path holds; null where it is no file. A link counts as what it leads to: that is what would run. */
function contentHash(path: string): string | null {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return null
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) return null
    const hash = createHash('sha256')
    if (stat.size > LARGEST)
      return hash.update(`large ${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`).digest('hex')
    const chunk = Buffer.alloc(Math.min(CHUNK, stat.size + 1))
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk))
      hash.update(chunk.subarray(0, read))
    return hash.digest('hex')
  } finally {
    closeSync(fd)
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** The action of a call with all that it rests on, read now: called when it is shown, and again before it runs. */
export function exactAction(
  root: string,
  call: { tool: string; args: string; cwd: string | undefined },
  action: Action,
  words: readonly string[],
): ExactAction {
  const cwd = realPath(resolve(root, call.cwd ?? '.'))
  const isCommand = action.command !== undefined
  const named = isCommand ? words : (action.paths ?? [])
  const files = [...new Set(named)].slice(0, MOST_FILES).flatMap((name) => {
    const path = resolve(isCommand ? cwd : root, name)
    const sha256 = contentHash(path)
    // A word of a command that is no file is just a word; a file that is about to be made is part of the action.
    return sha256 === null && isCommand ? [] : [{ path: relative(root, path), sha256 }]
  })
  return { tool: call.tool, args: call.args, cwd, files }
}
