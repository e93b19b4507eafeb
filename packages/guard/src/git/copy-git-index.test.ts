import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { copyGitIndex } from './copy-git-index.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A repository whose one file changed after it was added, in the same second, to as many bytes; a second later. */
function changedInTheSameSecond() {
  const root = mkdtempSync(join(tmpdir(), 'cairn-index-'))
  folders.push(root)
  const git = (index: string, ...args: string[]) =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, GIT_INDEX_FILE: index },
    }).trim()
  const own = join(root, '.git/index')
  git(own, 'init', '-q')
  // The time of change of the inode cannot be set, so git is told to leave it out.
  git(own, 'config', 'core.trustctime', 'false')
  const file = join(root, 'a.txt')
  const second = Math.floor(Date.now() / 1000) - 60
  writeFileSync(file, 'before\n')
  utimesSync(file, second, second)
  git(own, 'add', 'a.txt')
  utimesSync(own, second, second)
  writeFileSync(file, 'after!\n')
  utimesSync(file, second, second)
  return { own, copy: join(root, '.git/copy'), git }
}

test('an edit of the same second and size is seen through a copy of the index', () => {
  const { own, copy, git } = changedInTheSameSecond()
  copyGitIndex(own, copy)
  git(copy, 'add', '-A')
  expect(git(copy, 'cat-file', '-p', `${git(copy, 'write-tree')}:a.txt`)).toBe('after!')
})

test('a plain copy hides it, which is why there is another', () => {
  const { own, copy, git } = changedInTheSameSecond()
  copyFileSync(own, copy)
  git(copy, 'add', '-A')
  expect(git(copy, 'cat-file', '-p', `${git(copy, 'write-tree')}:a.txt`)).toBe('before')
})
