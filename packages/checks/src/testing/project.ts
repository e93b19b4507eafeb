import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Workspace } from '@cairn/workspace'

/** A project in a temporary folder, removed at the end of its `using` block. */
export interface Project extends Disposable {
  root: string
  write(path: string, text: string): void
  read(path: string): string
  /** The part of the workspace port that checks need, on real files. */
  workspace: Workspace
}

/** Writes files (path → text) into a new temporary folder. */
export function createProject(files: Record<string, string>): Project {
  const root = mkdtempSync(join(tmpdir(), 'cairn-checks-'))
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const [path, text] of Object.entries(files)) write(path, text)
  const refuse = (): never => {
    throw new Error('not part of this workspace')
  }
  return {
    root,
    write,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    workspace: {
      root,
      treeHash: async () => hashFolder(root),
      exists: refuse,
      fileHash: refuse,
      read: refuse,
      readBytes: refuse,
      applyPatch: refuse,
      edit: refuse,
      search: refuse,
      list: refuse,
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

function hashFolder(root: string): string {
  const hash = createHash('sha256')
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()
  for (const path of paths) {
    hash.update(path)
    if (statSync(join(root, path)).isFile()) hash.update(readFileSync(join(root, path)))
  }
  return hash.digest('hex')
}
