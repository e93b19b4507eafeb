import { openRoot } from '../paths/locate.ts'
import { findRipgrep } from '../search/ripgrep.ts'
import { identifyFiles } from '../tree/identify-files.ts'
import { StatCache } from '../tree/stat-cache.ts'
import { WorkspaceError } from '../workspace-error.ts'
import type { Checkpoint, Checkpoints, TakenCheckpoint, TreeChange } from './checkpoint.ts'
import { readDescription, writeDescription } from './description.ts'
import { restoreCheckpoint } from './restore-checkpoint.ts'
import { scanWork } from './scan-work.ts'
import { openShadowRepository } from './shadow-repository.ts'

const OPS: Record<string, TreeChange['op']> = { A: 'added', D: 'deleted', M: 'modified', T: 'modified' }

/**
 * Checkpoints of the workspace at `root`, kept in `folder` (outside of it). Only files that changed since the last one are
 * read again; where none did, nothing is written.
 */
export function createCheckpoints(options: {
  root: string
  folder: string
  env: Record<string, string | undefined>
  now?: () => number
}): Checkpoints {
  const root = openRoot(options.root)
  const repository = openShadowRepository(root.real, options.folder)
  const cache = new StatCache(options.now ?? Date.now)
  /** Identity of each file in the index, as far as this process knows. */
  let indexed: Map<string, string> | null = null
  let last: TakenCheckpoint | null = null

  async function inIndex(): Promise<Map<string, string>> {
    const names = (await repository.git(['ls-files', '-z'])).split('\0').filter(Boolean)
    return new Map(names.map((name) => [name, '']))
  }

  async function takeNow(): Promise<TakenCheckpoint> {
    const rg = await findRipgrep(options.env)
    const scan = rg.ok ? await scanWork(root, rg.value) : rg
    if (!scan.ok) throw new WorkspaceError(scan.code, scan.message)
    const { files, emptyFolders, modes, uncovered } = scan.value
    const before = (indexed ??= await inIndex())
    const after = new Map<string, string>()
    for await (const [path, { mode, sha256 }] of identifyFiles(root.real, files, cache))
      after.set(path, `${mode}${sha256}`)
    const stale = [...before.keys()].filter((path) => !after.has(path))
    const fresh = [...after].filter(([path, identity]) => before.get(path) !== identity).map(([path]) => path)
    let tree = last?.tree
    if (tree === undefined || stale.length + fresh.length > 0) {
      // Removed first: a file may stand where a folder was.
      if (stale.length > 0)
        await repository.git(['update-index', '--force-remove', '-z', '--stdin'], { input: nulled(stale) })
      if (fresh.length > 0)
        await repository.git(['update-index', '--add', '--replace', '-z', '--stdin'], {
          input: nulled(fresh),
        })
      indexed = after
      tree = (await repository.git(['write-tree'])).trim()
    }
    const body = { tree, emptyFolders, modes }
    const id =
      last !== null && JSON.stringify(bodyOf(last)) === JSON.stringify(body)
        ? last.id
        : await writeDescription(repository, body)
    last = { id, ...body, files: after.size, uncovered }
    return last
  }

  // One at a time: they share an index.
  let queue: Promise<unknown> = Promise.resolve()
  const serial = <T>(work: () => Promise<T>): Promise<T> => {
    const run = queue.then(work, work)
    queue = run.catch(() => undefined)
    return run
  }
  const changes = async (from: Checkpoint, to: Checkpoint): Promise<TreeChange[]> => {
    if (from.tree === to.tree) return []
    const args = ['diff-tree', '-r', '-z', '--no-renames', '--name-status', from.tree, to.tree]
    const words = (await repository.git(args)).split('\0')
    const found: TreeChange[] = []
    for (let at = 0; at + 1 < words.length; at += 2)
      found.push({ op: OPS[words[at] ?? ''] ?? 'modified', path: words[at + 1] ?? '' })
    return found
  }
  return {
    take: () => serial(takeNow),
    load: (id) => readDescription(repository, id),
    async read(from, path) {
      const listed = await repository.git(['ls-tree', '-z', from.tree, '--', path])
      const object = /^\d+ blob ([0-9a-f]+)\t/.exec(listed)?.[1]
      return object === undefined ? null : repository.git(['cat-file', 'blob', object])
    },
    changes,
    diff: (from, to) => repository.git(['diff-tree', '-r', '-p', '--text', '--no-color', from.tree, to.tree]),
    restore: (target, choice) =>
      serial(async () => {
        const current = await takeNow()
        const ours = choice.expected === null ? current : choice.expected
        const others = choice.force === true ? [] : await changes(ours, current)
        const done = await restoreCheckpoint({
          root,
          repository,
          current,
          target,
          changes: await changes(current, target),
          keep: new Set(others.map(({ path }) => path)),
        })
        return { ...done, after: await takeNow() }
      }),
    close: () => serial(async () => repository.close()),
  }
}

const nulled = (paths: readonly string[]) => paths.map((path) => `${path}\0`).join('')

const bodyOf = ({ tree, emptyFolders, modes }: Checkpoint) => ({ tree, emptyFolders, modes })
