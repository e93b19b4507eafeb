import { safeGit } from '@cairn/guard'
import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isCode } from '@cairn/checks'

/** Files of a folder of a repository, by path from that folder, and which of them differ from a commit. */
export interface RepositoryChanges {
  /** Texts of sources and settings; of other files only the path, with an empty text. */
  texts: Map<string, string>
  changed: string[]
}

/** Bytes of a file whose text is read, and of all of them. */
const MOST_BYTES = 1 << 20
const MOST_ALL = 256 << 20
const TOLD = /(?:^|\/)(?:package\.json|\.mocharc\.\w+|jest\.config\.json|go\.mod)$/

const split = (bytes: Buffer) =>
  bytes
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '')

/** Reads what is changed since a commit, committed or not, new files included. A text: why it cannot be known. */
export async function readChanges(root: string, since: string): Promise<RepositoryChanges | string> {
  if (since.startsWith('-')) return `${JSON.stringify(since)} is no name of a commit`
  const listed = await safeGit(['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  })
  if (listed.code !== 0) return 'the folder is in no git repository, so what was changed is not known'
  const diff = await safeGit(['diff', '--name-only', '--no-renames', '--relative', '-z', since, '--', '.'], {
    cwd: root,
  })
  if (diff.code !== 0) return `git knows no commit ${since} here, so what was changed is not known`
  const fresh = await safeGit(['ls-files', '-z', '--others', '--exclude-standard'], { cwd: root })
  const texts = new Map<string, string>()
  let left = MOST_ALL
  for (const path of new Set(split(listed.stdout))) {
    const full = join(root, path)
    const stat = lstatSync(full, { throwIfNoEntry: false })
    if (stat?.isFile() !== true) continue
    const wanted = (isCode(path) || TOLD.test(path)) && stat.size <= MOST_BYTES
    if (wanted && stat.size > left) return 'the repository holds more source text than is looked through'
    texts.set(path, wanted ? readFileSync(full, 'utf8') : '')
    if (wanted) left -= stat.size
  }
  return { texts, changed: [...new Set([...split(diff.stdout), ...split(fresh.stdout)])] }
}
