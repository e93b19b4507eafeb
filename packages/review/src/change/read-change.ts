import { copyGitIndex, safeGit } from '@cairn/guard'
import { mkdtempSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { git, readObjects, resolveCommit } from '../git/git-objects.ts'
import { ReviewError } from '../review-error.ts'
import { listTree, type TreeEntry } from './list-tree.ts'
import { readDiff, readPatch, type FileChange } from './read-diff.ts'

/** What is reviewed: commits, the index, a patch on HEAD, or the working tree with files that git does not know yet. */
export type ChangeRequest =
  | { of: 'range'; range: string }
  | { of: 'staged' }
  | { of: 'patch'; patch: Uint8Array }
  | { of: 'working-tree' }

/** One of the two trees of a change. */
export interface Side {
  entries: ReadonlyMap<string, TreeEntry>
  /** Texts of files that are neither binary nor larger than `TEXT_BYTES`. */
  texts: ReadonlyMap<string, string>
  /** Where links lead. */
  links: ReadonlyMap<string, string>
}

export interface Change {
  /** What was compared, in words. */
  name: string
  base: Side
  head: Side
  files: FileChange[]
  /** The change as `git diff` writes it, where it was asked for. */
  patch?: string
}

/** Bytes of a file that is read as text. */
const TEXT_BYTES = 1_500_000
/** Bytes of one tree that are held; files of the change come first. */
const TREE_BYTES = 400_000_000

/**
 * Reads both trees of a change out of git's objects. Nothing is checked out, and neither the working tree, the index nor the
 * object folder of the repository is written: what has no objects yet gets them in a temporary folder. Throws `ReviewError`
 * `bad-repository` where the change cannot be read.
 */
export async function readChange(
  cwd: string,
  request: ChangeRequest,
  options: { patch?: boolean } = {},
): Promise<Change> {
  const scratch = mkdtempSync(join(tmpdir(), 'cairn-review-'))
  try {
    const { name, base, head, env } = await findTrees(cwd, request, scratch)
    const files = await readDiff(cwd, base, head, env)
    const before = new Set(files.flatMap(({ before: one }) => (one === null ? [] : [one.path])))
    const after = new Set(files.flatMap(({ after: one }) => (one === null ? [] : [one.path])))
    return {
      name,
      base: await readSide(cwd, base, before, env),
      head: await readSide(cwd, head, after, env),
      files,
      ...(options.patch === true ? { patch: await readPatch(cwd, base, head, env) } : {}),
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

interface Trees {
  name: string
  base: string
  head: string
  env: Record<string, string>
}

async function findTrees(cwd: string, request: ChangeRequest, scratch: string): Promise<Trees> {
  if (request.of === 'range') return { ...(await findRange(cwd, request.range)), env: {} }
  const path = async (name: string) =>
    resolve(cwd, (await git(cwd, 'rev-parse', '--git-path', name)).toString('utf8').replace(/\n$/, ''))
  const objects = join(scratch, 'objects')
  mkdirSync(objects)
  const store = await path('objects')
  const index = join(scratch, 'index')
  const env = {
    GIT_INDEX_FILE: index,
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: /[:"]/.test(store) ? JSON.stringify(store) : store,
  }
  const run = async (args: string[], hint: string, input?: Uint8Array): Promise<string> => {
    const done = await safeGit(args, { cwd, env, ...(input === undefined ? {} : { input }) })
    if (done.code !== 0)
      throw new ReviewError(
        'bad-repository',
        `git ${args[0] ?? ''} failed: ${done.stderr.trim() || `exit code ${done.code}`}`,
        hint,
      )
    return done.stdout.toString('utf8').trim()
  }
  const { code } = await safeGit(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { cwd })
  const base =
    code === 0
      ? `${await resolveCommit(cwd, 'HEAD')}^{tree}`
      : await run(['mktree'], 'Run it in a repository.')
  const hint = 'Resolve conflicts of the index first, and check `git status`.'
  if (request.of === 'patch') {
    await run(['read-tree', base], hint)
    await run(
      ['apply', '--cached', '-'],
      'Give a patch that applies to HEAD, as `git diff` writes it.',
      request.patch,
    )
  } else {
    const own = await path('index')
    if (existsSync(own)) copyGitIndex(own, index)
    if (request.of === 'working-tree') await run(['add', '-A', '--', ':/'], hint)
  }
  const name = {
    patch: 'the patch against HEAD',
    staged: 'the index against HEAD',
    'working-tree': 'the working tree against HEAD',
  }
  return { name: name[request.of], base, head: await run(['write-tree'], hint), env }
}

async function findRange(cwd: string, range: string): Promise<Omit<Trees, 'env'>> {
  const [, from = '', dots, to = ''] = /^(.*?)(\.{2,3})(.*)$/.exec(range) ?? []
  const head = await resolveCommit(cwd, dots === undefined ? range : to || 'HEAD')
  if (dots === undefined) {
    const parents = (await git(cwd, 'rev-list', '--parents', '-n1', head)).toString('utf8').trim().split(' ')
    const parent = parents[1]
    const empty = async () => (await git(cwd, 'hash-object', '-t', 'tree', '--stdin')).toString('utf8').trim()
    const base = parent === undefined ? await empty() : `${parent}^{tree}`
    return { name: `${head.slice(0, 12)} against its first parent`, base, head: `${head}^{tree}` }
  }
  const start = await resolveCommit(cwd, from || 'HEAD')
  const merge = async () => (await git(cwd, 'merge-base', start, head)).toString('utf8').trim()
  const base = dots === '...' ? await merge() : start
  return {
    name: `${base.slice(0, 12)}..${head.slice(0, 12)}`,
    base: `${base}^{tree}`,
    head: `${head}^{tree}`,
  }
}

async function readSide(
  cwd: string,
  tree: string,
  first: ReadonlySet<string>,
  env: Record<string, string>,
): Promise<Side> {
  const entries = await listTree(cwd, tree, env)
  let room = TREE_BYTES
  const wanted = [...entries.values()]
    .filter(({ mode, size }) => mode !== '160000' && size <= TEXT_BYTES)
    .toSorted((a, b) => Number(first.has(b.path)) - Number(first.has(a.path)))
    .filter(({ size }) => (room -= size) >= 0)
  const objects = await readObjects(
    cwd,
    wanted.map(({ object }) => object),
    env,
  )
  const texts = new Map<string, string>()
  const links = new Map<string, string>()
  for (const { path, mode, object } of wanted) {
    const data = objects.get(object)?.data
    if (data !== undefined && mode === '120000') links.set(path, data.toString('utf8'))
    else if (data !== undefined && !data.subarray(0, 8000).includes(0)) texts.set(path, data.toString('utf8'))
  }
  return { entries, texts, links }
}
