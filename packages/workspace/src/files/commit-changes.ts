import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { basename, dirname } from 'node:path'
import { fault, ioFault, success } from '../fault.ts'
import { type Located, type Root } from '../paths/locate.ts'
import type { Outcome } from '../workspace.ts'
import { type HeldFolder, holdFolder } from './open-inside.ts'

export interface Content {
  bytes: Uint8Array
  /** Permission bits; a new file gets 0o666 less the umask. */
  mode: number | null
}

/** One file from what it was to what it shall be; null where it is absent. */
export interface Change {
  at: Located
  before: Content | null
  after: Content | null
}

interface Staged {
  change: Change
  folder: HeldFolder
  name: string
  temp: string | null
}

/**
 * Writes all changes or none: every new content is first put into a temporary file beside its target (a full disk shows
 * here), then each is renamed into place, then deletions are done. A failure on the way puts the old contents back and
 * removes folders that were made. `rename` can be replaced to inject a failure.
 */
export function commitChanges(root: Root, changes: readonly Change[], rename = fs.renameSync): Outcome<null> {
  const staged: Staged[] = []
  const madeFolders: string[] = []
  const done: Staged[] = []
  let current = changes[0]
  try {
    for (const change of changes) {
      current = change
      const folder = prepareFolder(root, change.at, madeFolders)
      if (folder === null)
        return undo(
          fault(
            'outside',
            `The folder of ${change.at.asked} was moved out of the workspace. Nothing was written.`,
          ),
        )
      const entry: Staged = { change, folder, name: basename(change.at.abs), temp: null }
      staged.push(entry)
      if (!isAsPlanned(entry)) {
        return undo(
          fault(
            'changed',
            `${change.at.asked} was changed by somebody else meanwhile. Nothing was written. Read it again.`,
          ),
        )
      }
      if (change.after !== null) stage(entry, change.after)
    }
    for (const entry of [...staged].sort((a, b) => Number(a.temp === null) - Number(b.temp === null))) {
      current = entry.change
      if (entry.temp === null) fs.unlinkSync(entry.folder.entry(entry.name))
      else rename(entry.folder.entry(entry.temp), entry.folder.entry(entry.name))
      entry.temp = null
      done.push(entry)
    }
    return success(null)
  } catch (error) {
    return undo(ioFault('write', current?.at.asked ?? '', error))
  } finally {
    for (const { folder } of staged) folder.close()
  }

  function undo<T>(outcome: Outcome<T>): Outcome<T> {
    const lost: string[] = []
    for (const entry of staged) {
      if (entry.temp !== null) fs.rmSync(entry.folder.entry(entry.temp), { force: true })
    }
    for (const entry of done.reverse()) {
      try {
        restore(entry)
      } catch {
        lost.push(entry.change.at.asked)
      }
    }
    for (const folder of madeFolders.reverse()) removeEmpty(folder)
    if (outcome.ok || lost.length === 0) return outcome
    return fault(
      'io',
      `${outcome.message} These files could not be put back as they were: ${lost.join(', ')}.`,
    )
  }
}

/** Opens the folder of a file, making what is missing component by component inside an already opened parent. */
function prepareFolder(root: Root, at: Located, made: string[]): HeldFolder | null {
  const wanted = dirname(at.abs)
  const missing: string[] = []
  let existing = wanted
  while (!fs.existsSync(existing)) {
    missing.unshift(basename(existing))
    existing = dirname(existing)
  }
  let folder = holdFolder(root, existing)
  for (const name of missing) {
    if (folder === null) return null
    fs.mkdirSync(folder.entry(name))
    existing = `${existing}/${name}`
    made.push(existing)
    folder.close()
    folder = holdFolder(root, existing)
  }
  return folder
}

function isAsPlanned({ change, folder, name }: Staged): boolean {
  const stat = fs.lstatSync(folder.entry(name), { throwIfNoEntry: false })
  if (stat === undefined) return change.before === null
  if (change.before === null || !stat.isFile() || stat.size !== change.before.bytes.length) return false
  return fs.readFileSync(folder.entry(name)).equals(change.before.bytes)
}

function stage(entry: Staged, content: Content): void {
  entry.temp = `.${randomBytes(9).toString('base64url')}.cairn-tmp`
  const path = entry.folder.entry(entry.temp)
  const flags =
    fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL | (fs.constants.O_NOFOLLOW ?? 0)
  const fd = fs.openSync(path, flags, 0o666)
  try {
    fs.writeFileSync(fd, content.bytes)
    if (content.mode !== null) {
      keepOwner(fd, entry)
      fs.fchmodSync(fd, content.mode & 0o7777)
    }
  } finally {
    fs.closeSync(fd)
  }
}

/** A privileged user must not take over the files that it edits for somebody else. */
function keepOwner(fd: number, { folder, name, change }: Staged): void {
  if (change.before === null || process.platform === 'win32') return
  const was = fs.lstatSync(folder.entry(name))
  const now = fs.fstatSync(fd)
  if (was.uid === now.uid && was.gid === now.gid) return
  try {
    fs.fchownSync(fd, was.uid, was.gid)
  } catch {
    // Not allowed for ordinary users: the edited file then belongs to them, as with any editor.
  }
}

function removeEmpty(folder: string): void {
  try {
    fs.rmdirSync(folder)
  } catch {
    // Somebody put a file there meanwhile: then it is theirs.
  }
}

function restore(entry: Staged): void {
  const { before } = entry.change
  if (before === null) {
    fs.unlinkSync(entry.folder.entry(entry.name))
    return
  }
  stage(entry, before)
  fs.renameSync(entry.folder.entry(entry.temp ?? ''), entry.folder.entry(entry.name))
  entry.temp = null
}
