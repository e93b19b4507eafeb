import { copyGitIndex, safeGit, type SafeGitOptions } from '@cairn/guard'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findRepository } from '../tree/git-index.ts'
import { WorkspaceError } from '../workspace-error.ts'

const CONFIG = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tsymlinks = true
\tautocrlf = false
\tbare = false
\tlooseCompression = 1
`
/** Stands above every .gitattributes of the workspace: contents are kept as they are, byte for byte. */
const ATTRIBUTES = '* -text -eol -ident -filter -working-tree-encoding -diff -merge\n'

/** A git folder of our own, with the workspace as its work tree: the user's repository is never written to. */
export interface ShadowRepository {
  /** Runs git and gives what it prints. Throws `WorkspaceError` `checkpoint` where it fails. */
  git(args: readonly string[], options?: { input?: string; index?: string }): Promise<string>
  /** Path of an index that only this process uses. */
  readonly index: string
  temporaryIndex(): string
  close(): void
}

/** Opens or creates it in `folder`, which is private to the user. */
export function openShadowRepository(root: string, folder: string): ShadowRepository {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 24)
  const gitDir = join(folder, name)
  for (const part of ['objects/info', 'refs', 'info'])
    mkdirSync(join(gitDir, part), { recursive: true, mode: 0o700 })
  if (!existsSync(join(gitDir, 'HEAD'))) {
    writeFileSync(join(gitDir, 'config'), CONFIG)
    writeFileSync(join(gitDir, 'info/attributes'), ATTRIBUTES)
    writeFileSync(join(gitDir, 'workspace'), `${root}\n`)
    writeFileSync(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n')
  }
  // Objects that the user's repository has already need no second copy.
  const user = findRepository(root)
  const objects = user === null ? null : join(sharedFolder(user.gitDir), 'objects')
  writeFileSync(
    join(gitDir, 'objects/info/alternates'),
    objects !== null && existsSync(objects) ? `${objects}\n` : '',
  )
  const shared = join(gitDir, 'index')
  const own = join(gitDir, `index-${process.pid}-${randomUUID().slice(0, 8)}`)
  if (existsSync(shared)) copyGitIndex(shared, own)
  const temporary: string[] = []
  const repository = { root, gitDir, commonDir: gitDir }
  return {
    index: own,
    async git(args, { input, index = own } = {}) {
      const options: SafeGitOptions = { cwd: root, repository, env: { GIT_INDEX_FILE: index } }
      const { code, stdout, stderr } = await safeGit(
        args,
        input === undefined ? options : { ...options, input },
      )
      if (code === 0) return stdout.toString('utf8')
      throw new WorkspaceError(
        'checkpoint',
        `No checkpoint of the files could be made or read (git ${args[0]}: ${stderr.trim().slice(0, 400)}). Look for free space and permissions in ${folder}.`,
      )
    },
    temporaryIndex() {
      const path = join(gitDir, `index-${process.pid}-${randomUUID()}`)
      temporary.push(path)
      return path
    },
    close() {
      for (const path of temporary) rmSync(path, { force: true })
      // The next session starts from what this one has hashed.
      if (existsSync(own)) renameSync(own, shared)
    },
  }
}

/** Where a linked worktree has its objects: in the repository that it belongs to. */
function sharedFolder(gitDir: string): string {
  const link = join(gitDir, 'commondir')
  return existsSync(link) ? resolve(gitDir, readFileSync(link, 'utf8').trim()) : gitDir
}
