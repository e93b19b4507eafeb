import { safeGit } from '@cairn/guard'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ReviewError } from '../review-error.ts'
import { git } from '../git/git-objects.ts'

/** Where statements are kept beside commits; `git push origin refs/notes/cairn` takes them along. */
export const NOTES_REF = 'refs/notes/cairn'

interface NoteEntry {
  path: string
  object: string
}

async function head(cwd: string): Promise<string | null> {
  const { code, stdout } = await safeGit(['rev-parse', '--verify', '--quiet', NOTES_REF], { cwd })
  return code === 0 ? stdout.toString('utf8').trim() : null
}

/** The note of a commit; git spreads many notes over folders named by the first digits. */
async function find(cwd: string, commit: string): Promise<NoteEntry | null> {
  if ((await head(cwd)) === null) return null
  const listing = (await git(cwd, 'ls-tree', '-r', '-z', '--full-tree', NOTES_REF)).toString('utf8')
  for (const line of listing.split('\0')) {
    const [, object = '', path = ''] = /^\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(line) ?? []
    if (path.replaceAll('/', '') === commit) return { path, object }
  }
  return null
}

/** Text of the note of a commit, null where it has none. */
export async function readNote(cwd: string, commit: string): Promise<string | null> {
  const entry = await find(cwd, commit)
  return entry === null ? null : (await git(cwd, 'cat-file', 'blob', entry.object)).toString('utf8')
}

/**
 * Adds a line to the note of a commit, as `git notes --ref=cairn` would see it. `now` in milliseconds stands in the commit of
 * the note. Throws `ReviewError` `bad-repository` where another process changed the notes meanwhile.
 */
export async function appendNote(cwd: string, commit: string, line: string, now: number): Promise<void> {
  const parent = await head(cwd)
  const entry = await find(cwd, commit)
  const before = entry === null ? '' : (await git(cwd, 'cat-file', 'blob', entry.object)).toString('utf8')
  const text = `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`
  const folder = mkdtempSync(join(tmpdir(), 'cairn-note-'))
  const date = `@${Math.floor(now / 1000)} +0000`
  const env = {
    GIT_INDEX_FILE: join(folder, 'index'),
    GIT_AUTHOR_NAME: 'cairn',
    GIT_AUTHOR_EMAIL: 'cairn@localhost',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: 'cairn',
    GIT_COMMITTER_EMAIL: 'cairn@localhost',
    GIT_COMMITTER_DATE: date,
  }
  const run = async (args: string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await safeGit(args, {
      cwd,
      env,
      ...(input === undefined ? {} : { input }),
    })
    if (code !== 0)
      throw new ReviewError(
        'bad-repository',
        `The note was not written: ${stderr.trim()}`,
        'Run it again; another process may have written notes at the same time.',
      )
    return stdout.toString('utf8').trim()
  }
  try {
    if (parent !== null) await run(['read-tree', parent])
    const object = await run(['hash-object', '-w', '--stdin'], text)
    const place = entry?.path ?? commit
    await run(['update-index', '--add', '--cacheinfo', `100644,${object},${place}`])
    const tree = await run(['write-tree'])
    const parents = parent === null ? [] : ['-p', parent]
    const made = await run(['commit-tree', tree, ...parents, '-m', 'Add an attestation'])
    await run(['update-ref', NOTES_REF, made, parent ?? '0'.repeat(made.length)])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
