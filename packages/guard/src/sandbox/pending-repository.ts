import { createHash } from 'node:crypto'
import { cpSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readConfig } from '../git/safe-git.ts'
import { statOrNull } from './look-up.ts'

/** What commands get as `.git` in a workspace that is no repository. */
export interface PendingRepository {
  /** The host folder; commands may do anything in it, because no git of the host ever looks there. */
  folder: string
  /**
   * Makes the repository of the workspace from what commands made, if that is one: its objects, references and index, and
   * of its configuration what cannot start a program. Hooks and everything else stay behind. Never throws.
   */
  adopt(): Promise<boolean>
}

/** Everything of a repository that git reads as data. */
const data = new Set([
  'HEAD',
  'ORIG_HEAD',
  'COMMIT_EDITMSG',
  'description',
  'index',
  'logs',
  'objects',
  'packed-refs',
  'refs',
  'reftable',
  'shallow',
])

/** Borrowed objects would make git read from wherever a command says. */
const leftOut = new Set(['objects/info/alternates', 'objects/info/http-alternates'])

const harmless =
  /^(?:core\.(?:repositoryformatversion|filemode|logallrefupdates|ignorecase|symlinks|precomposeunicode|autocrlf|eol|safecrlf|quotepath)|extensions\.(?:objectformat|refstorage)|user\.(?:name|email)|init\.defaultbranch|push\.default|pull\.rebase|branch\..+\.(?:remote|merge|rebase)|remote\..+\.(?:url|pushurl|fetch))$/iu

/** An address that git reaches by a program of its own name (`ext::`), or takes for an option. */
const startsProgram = (value: string): boolean => /^-|^[A-Za-z0-9]+::/u.test(value)

export const pendingRepository = (dataDir: string, workspace: string): PendingRepository => {
  const name = createHash('sha256').update(workspace).digest('hex').slice(0, 16)
  const folder = join(dataDir, 'repositories', name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return {
    folder,
    async adopt() {
      try {
        return await adoptInto(folder, join(workspace, '.git'))
      } catch {
        // Neither a half-made repository nor a full disk may keep a session from ending.
        return false
      }
    },
  }
}

const adoptInto = async (from: string, to: string): Promise<boolean> => {
  if (!isRepository(from)) return false
  const there = statOrNull(to)
  if (there !== null && (!there.isDirectory() || readdirSync(to).length > 0)) return false
  const entries = await readConfig(join(from, 'config'))
  if (typeof entries === 'string') return false
  mkdirSync(to, { recursive: true })
  // Git takes the folder for a repository when it has a HEAD: that comes last.
  for (const name of readdirSync(from)) if (data.has(name) && name !== 'HEAD') copyPlain(from, to, name)
  mkdirSync(join(to, 'info'), { recursive: true })
  if (statOrNull(join(from, 'info'))?.isDirectory() === true) copyPlain(from, to, 'info/exclude')
  writeFileSync(join(to, 'config'), configText(entries))
  copyPlain(from, to, 'HEAD')
  for (const name of readdirSync(from)) rmSync(join(from, name), { recursive: true, force: true })
  return true
}

const isRepository = (folder: string): boolean => {
  const isFolder = (name: string) => statOrNull(join(folder, name))?.isDirectory() === true
  const isFile = (name: string) => statOrNull(join(folder, name))?.isFile() === true
  if (!isFile('HEAD') || !isFile('config') || !isFolder('objects') || !isFolder('refs')) return false
  return /^(?:ref: refs\/[^\s:]{1,500}|[0-9a-f]{40}|[0-9a-f]{64})\n?$/u.test(
    readFileSync(join(folder, 'HEAD'), 'utf8').slice(0, 600),
  )
}

/** Copies regular files and folders; links and everything else stay behind. */
const copyPlain = (from: string, to: string, name: string): void => {
  if (statOrNull(join(from, name)) === null) return
  cpSync(join(from, name), join(to, name), {
    recursive: true,
    filter: (path) => {
      const found = lstatSync(path)
      return (found.isFile() || found.isDirectory()) && !leftOut.has(relative(from, path))
    },
  })
}

const configText = (entries: readonly (readonly [key: string, value: string])[]): string => {
  const lines = entries.flatMap(([key, value]) => {
    const first = key.indexOf('.')
    const last = key.lastIndexOf('.')
    const part =
      first === last ? '' : ` "${key.slice(first + 1, last).replaceAll(/["\\]/gu, String.raw`\$&`)}"`
    if (!harmless.test(key) || /[\p{Cc}]/u.test(key + value) || startsProgram(value)) return []
    const quoted = `"${value.replaceAll(/["\\]/gu, String.raw`\$&`)}"`
    return [`[${key.slice(0, first)}${part}]`, `\t${key.slice(last + 1)} = ${quoted}`]
  })
  return ['[core]', '\tbare = false', ...lines, ''].join('\n')
}
