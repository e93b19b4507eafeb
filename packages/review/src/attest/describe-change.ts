import { createHash } from 'node:crypto'
import { git, readCommit, readObjects, readTree, type TreeFile } from '../git/git-objects.ts'
import type { ChangedFile, Subject } from './statement.ts'

/** Files whose content is held at once while a tree is hashed. */
const SLICE = 256
const OWN_NAMES = new Set(['.git', '.cairn'])

/** A commit beside its base, everything hashed again from the objects. */
export interface ChangeFacts {
  subject: Omit<Subject, 'patch'>
  base: string | null
  changes: Omit<ChangedFile, 'bySession'>[]
  message: string
}

const short = ({ object, mode }: TreeFile) => ({ object, mode })

/**
 * Reads a commit and what it changes since `base`. `files` of the subject is the tree hash of the workspace at `folder` (from
 * the root of the repository, empty for the root) as it is for a clean checkout of the commit. Throws `ReviewError` `bad-repository` where an object is absent or damaged.
 */
export async function describeChange(
  cwd: string,
  commit: string,
  base: string | null,
  folder: string,
): Promise<ChangeFacts> {
  const { tree, message } = await readCommit(cwd, commit)
  const files = await readTree(cwd, tree)
  const contents = await hashContents(cwd, files)
  const before = base === null ? [] : await readTree(cwd, (await readCommit(cwd, base)).tree)
  const old = new Map(before.map((file) => [file.path, file]))
  const changes: ChangeFacts['changes'] = []
  for (const file of files) {
    const was = old.get(file.path) ?? null
    old.delete(file.path)
    if (was?.object === file.object && was.mode === file.mode) continue
    changes.push({
      path: file.path,
      op: was === null ? 'added' : 'modified',
      before: was === null ? null : short(was),
      after: short(file),
      sha256: contents.get(file.path) ?? null,
    })
  }
  for (const was of old.values())
    changes.push({ path: was.path, op: 'deleted', before: short(was), after: null, sha256: null })
  changes.sort((a, b) => (a.path < b.path ? -1 : 1))
  return { subject: { commit, tree, files: filesHash(files, contents, folder) }, base, changes, message }
}

async function hashContents(cwd: string, files: readonly TreeFile[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (let at = 0; at < files.length; at += SLICE) {
    // A commit of another repository is a folder in a checkout, and no file.
    const slice = files.slice(at, at + SLICE).filter(({ mode }) => mode !== '160000')
    const objects = await readObjects(
      cwd,
      slice.map(({ object }) => object),
    )
    for (const { path, object } of slice) {
      const blob = objects.get(object)
      if (blob !== undefined) found.set(path, createHash('sha256').update(blob.data).digest('hex'))
    }
  }
  return found
}

/** As the workspace hashes a tree: `path NUL mode NUL sha256 LF` of each file, in bytewise order. */
function filesHash(
  files: readonly TreeFile[],
  contents: ReadonlyMap<string, string>,
  folder: string,
): string {
  const hash = createHash('sha256')
  const prefix = folder === '' ? '' : `${folder}/`
  for (const { path: whole, mode } of files) {
    const content = contents.get(whole)
    if (content === undefined || !whole.startsWith(prefix)) continue
    const path = whole.slice(prefix.length)
    if (path.split('/').some((part) => OWN_NAMES.has(part))) continue
    hash.update(`${path}\0${mode === '120000' ? 'l' : mode === '100755' ? 'x' : '-'}\0${content}\n`)
  }
  return hash.digest('hex')
}

/** The change as a patch that `git apply` takes, whatever the configuration says about how diffs look. */
export const patchOf = (cwd: string, base: string, commit: string): Promise<Buffer> =>
  git(
    cwd,
    'diff-tree',
    '-p',
    '--binary',
    '--full-index',
    '--no-renames',
    '--no-color',
    '--diff-algorithm=myers',
    '--src-prefix=a/',
    '--dst-prefix=b/',
    '-U3',
    base,
    commit,
  )
