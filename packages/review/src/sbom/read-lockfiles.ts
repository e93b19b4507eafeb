import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAudited } from '../audit/find-source-files.ts'
import { readBunLock } from './bun-lock.ts'
import { readCargoLock } from './cargo-lock.ts'
import { readComposerLock } from './composer-lock.ts'
import { readGemLock } from './gem-lock.ts'
import { readGoMod } from './go-lock.ts'
import type { Ecosystem, LockReader, Locked } from './locked-package.ts'
import { readNpmLock } from './npm-lock.ts'
import { readPnpmLock } from './pnpm-lock.ts'
import { readPipfileLock, readPoetryLock, readRequirements, readUvLock } from './python-locks.ts'
import { readYarnLock } from './yarn-lock.ts'

const READERS: readonly (readonly [RegExp, Ecosystem, LockReader])[] = [
  [/^(?:package-lock|npm-shrinkwrap)\.json$/, 'npm', readNpmLock],
  [/^yarn\.lock$/, 'npm', readYarnLock],
  [/^pnpm-lock\.yaml$/, 'npm', readPnpmLock],
  [/^bun\.lock$/, 'npm', readBunLock],
  [/^requirements[\w.-]*\.txt$/, 'PyPI', readRequirements],
  [/^poetry\.lock$/, 'PyPI', readPoetryLock],
  [/^uv\.lock$/, 'PyPI', readUvLock],
  [/^Pipfile\.lock$/, 'PyPI', readPipfileLock],
  [/^go\.mod$/, 'Go', readGoMod],
  [/^Cargo\.lock$/, 'crates.io', readCargoLock],
  [/^(?:Gemfile\.lock|gems\.locked)$/, 'RubyGems', readGemLock],
  [/^composer\.lock$/, 'Packagist', readComposerLock],
]
const MANIFEST = /^(?:package\.json|composer\.json|pyproject\.toml|Cargo\.toml|go\.sum|Gemfile|gems\.rb)$/
/** Bytes of a lock file that is read. */
const MOST_BYTES = 128 * 1024 * 1024

interface Lockfile extends Locked {
  path: string
  ecosystem: Ecosystem
  text: string
}
/** A file that could not be read: which, why, and what to do about it. */
export interface LockProblem {
  path: string
  why: string
  todo: string
}
export interface Lockfiles {
  files: Lockfile[]
  problems: LockProblem[]
}
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
const readerFor = (path: string) =>
  READERS.find(
    ([name]) =>
      name.test(nameOf(path)) ||
      (name.source.includes('requirements') && /(?:^|\/)requirements\/[\w.-]+\.txt$/.test(path)),
  )
const whyOf = (error: unknown) =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)

/** Reads the lock files among `texts`. One that is damaged is a problem; the others are read all the same. */
export function parseLockfiles(texts: ReadonlyMap<string, string>): Lockfiles {
  const files: Lockfile[] = []
  const problems: LockProblem[] = []
  for (const [path, text] of [...texts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const found = readerFor(path)
    if (found === undefined) continue
    const [, ecosystem, read] = found
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
    try {
      files.push({ path, ecosystem, text, ...read(text.replace(/^\uFEFF/, ''), { path, folder, texts }) })
    } catch (error) {
      const why = `${whyOf(error)}${/^(?:<{7}|={7}|>{7})/m.test(text) ? ' (it holds marks of a merge conflict)' : ''}`
      problems.push({ path, why, todo: 'Write it anew with its package manager, or take it back from git.' })
    }
  }
  return { files, problems }
}

/** Finds and reads the lock files under a folder, without folders of dependencies and of what is built. Links are not followed. */
export function readLockfiles(root: string): Lockfiles {
  const texts = new Map<string, string>()
  const problems: LockProblem[] = []
  const walk = (folder: string): void => {
    const full = join(root, folder)
    let entries
    try {
      entries = readdirSync(full, { withFileTypes: true })
    } catch (error) {
      problems.push({ path: folder, why: whyOf(error), todo: 'Give this user the right to read it.' })
      return
    }
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (isAudited(`${path}/x.js`)) walk(path)
        continue
      }
      const lock = readerFor(path) !== undefined
      if (!entry.isFile() || !(lock || MANIFEST.test(entry.name))) continue
      try {
        const { size } = lstatSync(join(root, path))
        if (size > MOST_BYTES) throw new Error(`it has ${size} bytes, more than ${MOST_BYTES} are not read`)
        texts.set(path, readFileSync(join(root, path), 'utf8'))
      } catch (error) {
        problems.push({
          path,
          why: whyOf(error),
          todo: 'Give this user the right to read it, or make it smaller.',
        })
      }
    }
  }
  walk('')
  const parsed = parseLockfiles(texts)
  return { files: parsed.files, problems: [...problems, ...parsed.problems] }
}
