import { accessSync, constants } from 'node:fs'
import { fault } from '../fault.ts'
import type { Outcome } from '../workspace.ts'
import { type Located, type Root, locate } from './locate.ts'

/** Decides for a `/`-separated path relative to the root whether the agent may change it. */
export type IsProtected = (relPath: string) => { protected: boolean; reason: string } | null

/** `locate` for something that will be written, moved or deleted: refuses protected paths, links and folders. */
export function locateWritable(root: Root, path: string, isProtected?: IsProtected): Outcome<Located> {
  const at = locate(root, path)
  if (!at.ok) return at
  const { rel, asked, kind, viaLink, abs } = at.value
  for (const name of new Set([rel, asked])) {
    const own = ownFolder(name)
    if (own !== null) return fault('protected', `${name} is protected: ${own} Do not write there.`)
    const verdict = isProtected?.(name)
    if (verdict?.protected) return fault('protected', `${name} is protected: ${verdict.reason}`)
  }
  if (viaLink) {
    return fault(
      'protected',
      `${asked} is a symbolic link to ${rel}. Links are never written through: change ${rel} itself.`,
    )
  }
  if (kind === 'directory')
    return fault('is-directory', `${asked || '.'} is a folder, not a file. Name a file in it.`)
  if (kind === 'other') return fault('io', `${asked} is neither a file nor a folder. Choose another path.`)
  if (kind === 'file' && !mayWrite(abs)) {
    // A rename would replace a read-only file without asking; its mode says that somebody does not want that.
    return fault(
      'io',
      `${asked} is read-only for this user. Ask for its permissions to be changed, or leave it.`,
    )
  }
  return at
}

/**
 * Folders that are never written whatever the policy says: git runs programs named in `.git`, and cairn keeps its own
 * settings in `.cairn`. Compared as the file systems of macOS and Windows would: without case, ignorable code points,
 * trailing dots and spaces, streams, and in the short form of 8.3 names.
 */
function ownFolder(rel: string): string | null {
  for (const part of rel.split(/[/\\]/)) {
    const folded = part
      .normalize('NFKC')
      .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, '')
      .replace(/:.*$/, '')
      .replace(/[. ]+$/, '')
      .toLowerCase()
    if (folded === '.git' || /^git~\d+$/.test(folded)) return 'git runs programs that are named in it.'
    if (folded === '.cairn') return 'the agent keeps its own settings in it.'
  }
  return null
}

function mayWrite(abs: string): boolean {
  try {
    accessSync(abs, constants.W_OK)
    return true
  } catch {
    return false
  }
}
