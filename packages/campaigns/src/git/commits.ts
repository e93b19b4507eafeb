import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CampaignError } from '../errors.ts'
import { commonFolder, git, gitLine, tryGit, unlessKilled } from './git.ts'

/** Commits without a checkout: they are made from trees, so that no file of anyone is touched. */
export interface Commits {
  /** A commit of `patch` on top of `parent`. Throws `git` where the patch does not fit, which it was made to do. */
  ofPatch(parent: string, patch: Uint8Array, message: string): Promise<string>
  /** `commit`, whose parent is an ancestor of `head`, replayed on top of `head`; or the files that collide. */
  replay(head: string, commit: string, message: string): Promise<Replay>
  /** A commit on top of `head` that takes `commit` back; or the files that collide. */
  revert(head: string, commit: string, message: string): Promise<Replay>
  /** Moves a branch in one step, from what it has to be; false where it is something else. */
  moveBranch(branch: string, from: string | null, to: string): Promise<boolean>
}

type Replay = { ok: true; commit: string } | { ok: false; files: string[]; detail: string }

/** Writing a branch takes git a moment: a lock that is older (milliseconds) was left by a git that was killed. */
const STALE_LOCK_MS = 10_000

const NOBODY = '0'.repeat(40)

/** `time`: seconds since the epoch, for author and committer. */
export function createCommits(repository: string, scratch: string, time: () => number): Commits {
  const author = () => ({
    GIT_AUTHOR_NAME: 'cairn',
    GIT_AUTHOR_EMAIL: 'cairn@localhost',
    GIT_COMMITTER_NAME: 'cairn',
    GIT_COMMITTER_EMAIL: 'cairn@localhost',
    GIT_AUTHOR_DATE: `${time()} +0000`,
    GIT_COMMITTER_DATE: `${time()} +0000`,
  })
  const commitTree = (tree: string, parent: string, message: string) =>
    unlessKilled(() =>
      gitLine(repository, ['commit-tree', tree, '-p', parent, '-m', message], { env: author() }),
    )

  /** Git 2.39 knows no --merge-base: the base is what both commits have in common. */
  const mergeTrees = async (head: string, commit: string, message: string): Promise<Replay> => {
    const { code, stdout, stderr } = await unlessKilled(() =>
      tryGit(repository, ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', head, commit]),
    )
    const [tree = '', ...files] = stdout.toString('utf8').split('\0').filter(Boolean)
    if (code === 0) return { ok: true, commit: await commitTree(tree, head, message) }
    if (code === 1) return { ok: false, files, detail: `both changed: ${files.slice(0, 20).join(', ')}` }
    throw new CampaignError(
      'git',
      `git merge-tree failed: ${stderr.trim()}`,
      'Look at the repository, then resume.',
    )
  }

  return {
    ofPatch: (parent, patch, message) =>
      unlessKilled(async () => {
        const folder = mkdtempSync(join(scratch, 'index-'))
        try {
          const env = { GIT_INDEX_FILE: join(folder, 'index') }
          await git(repository, ['read-tree', parent], { env })
          await git(repository, ['apply', '--cached', '--whitespace=nowarn', '-'], { env, input: patch })
          return await commitTree(await gitLine(repository, ['write-tree'], { env }), parent, message)
        } finally {
          rmSync(folder, { recursive: true, force: true })
        }
      }),
    async replay(head, commit, message) {
      const parent = await unlessKilled(() => gitLine(repository, ['rev-parse', `${commit}^`]))
      if (parent === head) return { ok: true, commit }
      return mergeTrees(head, commit, message)
    },
    async revert(head, commit, message) {
      const back = await commitTree(`${commit}^^{tree}`, commit, message)
      return mergeTrees(head, back, message)
    },
    async moveBranch(branch, from, to) {
      const ref = `refs/heads/${branch}`
      const { code } = await tryGit(repository, ['update-ref', ref, to, from ?? NOBODY])
      if (code === 0) return true
      const lock = join(await commonFolder(repository), `${ref}.lock`)
      const stat = statSync(lock, { throwIfNoEntry: false })
      if (stat !== undefined && time() * 1_000 - stat.mtimeMs > STALE_LOCK_MS) rmSync(lock, { force: true })
      return false
    },
  }
}
