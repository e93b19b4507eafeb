import { safeGit } from '@cairn/guard'
import { createHash } from 'node:crypto'
import { ReviewError } from '../review-error.ts'

type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

interface GitObject {
  type: ObjectType
  data: Buffer
}

/** Bytes asked of git at once; one object may be larger. */
const BATCH_BYTES = 32 << 20
const LARGEST = 2 ** 31 - 1

/** The name that git gives to an object; SHA-256 for repositories made with it. */
const nameOf = (type: ObjectType, data: Uint8Array, length: number): string =>
  createHash(length === 64 ? 'sha256' : 'sha1')
    .update(`${type} ${data.length}\0`)
    .update(data)
    .digest('hex')

const isType = (word: string): word is ObjectType => ['commit', 'tree', 'blob', 'tag'].includes(word)

/** Runs git in the repository of `cwd`. Throws `ReviewError` `bad-repository` where it fails. */
export async function git(cwd: string, ...args: string[]): Promise<Buffer> {
  const { code, stdout, stderr } = await safeGit(args, { cwd })
  if (code !== 0)
    throw new ReviewError(
      'bad-repository',
      `git ${args[0] ?? ''} failed in ${cwd}: ${stderr.trim() || `exit code ${code}`}`,
      'Run the command in a git repository, and name a commit that it has.',
    )
  return stdout
}

/** The full name of the commit that a word stands for. Throws `ReviewError` `bad-repository`. */
export async function resolveCommit(cwd: string, word: string): Promise<string> {
  if (word.startsWith('-')) throw noCommit(word)
  const { code, stdout } = await safeGit(['rev-parse', '--verify', '--quiet', `${word}^{commit}`], { cwd })
  const name = stdout.toString('utf8').trim()
  if (code !== 0 || !/^[0-9a-f]{40,64}$/.test(name)) throw noCommit(word)
  return name
}

const noCommit = (word: string) =>
  new ReviewError(
    'bad-repository',
    `${JSON.stringify(word)} names no commit here.`,
    'Give a commit, branch or tag of this repository; see `git log`.',
  )

/**
 * Reads objects and hashes each again: nothing that git's files say of themselves is believed. Throws `ReviewError`
 * `bad-repository` for an object that is absent, cannot be read, or is not what its name says. `env`: another object folder.
 */
export async function readObjects(
  cwd: string,
  names: readonly string[],
  env: Record<string, string> = {},
): Promise<Map<string, GitObject>> {
  const found = new Map<string, GitObject>()
  for (const batch of await batches(cwd, [...new Set(names)], env)) {
    const { code, stdout } = await safeGit(['cat-file', '--batch'], {
      cwd,
      env,
      input: `${batch.join('\n')}\n`,
      maxBytes: LARGEST,
      timeoutMs: 600_000,
    })
    let at = 0
    for (const name of batch) {
      const end = stdout.indexOf(0x0a, at)
      const [, type = '', size = ''] = stdout.toString('latin1', at, end).split(' ')
      if (end === -1 || code !== 0 || !isType(type)) throw damaged(name, 'it is absent or cannot be read')
      const data = stdout.subarray(end + 1, end + 1 + Number(size))
      if (nameOf(type, data, name.length) !== name)
        throw damaged(name, 'its bytes are not those it is named by')
      found.set(name, { type, data })
      at = end + 2 + Number(size)
    }
  }
  return found
}

const damaged = (name: string, why: string) =>
  new ReviewError(
    'bad-repository',
    `The object ${name} of the repository is damaged: ${why}.`,
    'Fetch the repository anew, and look at it with `git fsck`.',
  )

async function batches(
  cwd: string,
  names: readonly string[],
  env: Record<string, string>,
): Promise<string[][]> {
  if (names.length === 0) return []
  const { stdout } = await safeGit(['cat-file', '--batch-check'], {
    cwd,
    env,
    input: `${names.join('\n')}\n`,
  })
  const lines = stdout.toString('latin1').split('\n')
  const found: string[][] = []
  let room = 0
  for (const [index, name] of names.entries()) {
    const size = Number(lines[index]?.split(' ')[2] ?? 0)
    if (room < size || found.length === 0) {
      found.push([])
      room = BATCH_BYTES
    }
    found.at(-1)?.push(name)
    room -= size + 100
  }
  return found
}

export interface CommitFacts {
  commit: string
  tree: string
  parents: string[]
  message: string
}

/** What a commit says of itself, its name checked. */
export async function readCommit(cwd: string, commit: string): Promise<CommitFacts> {
  const object = (await readObjects(cwd, [commit])).get(commit)
  const text = object?.type === 'commit' ? object.data.toString('utf8') : ''
  const head = text.slice(0, text.indexOf('\n\n'))
  const tree = /^tree ([0-9a-f]+)$/m.exec(head)?.[1]
  if (tree === undefined) throw damaged(commit, 'it is no commit')
  return {
    commit,
    tree,
    parents: [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = '']) => parent),
    message: text.slice(text.indexOf('\n\n') + 2),
  }
}

export interface TreeFile {
  path: string
  /** As git writes it: `100644`, `100755`, `120000` (link), `160000` (another repository's commit). */
  mode: string
  object: string
}

/** All files of a tree in bytewise order of their paths, every tree object hashed again on the way. */
export async function readTree(cwd: string, tree: string): Promise<TreeFile[]> {
  const files: { key: Buffer; file: TreeFile }[] = []
  let level: { name: string; prefix: string }[] = [{ name: tree, prefix: '' }]
  while (level.length > 0) {
    const objects = await readObjects(
      cwd,
      level.map(({ name }) => name),
    )
    const next: typeof level = []
    for (const { name, prefix } of level) {
      const object = objects.get(name)
      if (object?.type !== 'tree') throw damaged(name, 'it is no tree')
      for (const { mode, path, object: child } of entriesOf(object.data, name.length / 2)) {
        if (mode === '40000') next.push({ name: child, prefix: `${prefix}${path}/` })
        else {
          const file = { path: prefix + path, mode, object: child }
          files.push({ key: Buffer.from(file.path), file })
        }
      }
    }
    level = next
  }
  return files.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ file }) => file)
}

function* entriesOf(data: Buffer, hashBytes: number): Iterable<TreeFile> {
  for (let at = 0; at < data.length;) {
    const blank = data.indexOf(0x20, at)
    const zero = data.indexOf(0, blank)
    if (blank === -1 || zero === -1 || zero + 1 + hashBytes > data.length) return
    yield {
      mode: data.toString('latin1', at, blank),
      path: data.toString('utf8', blank + 1, zero),
      object: data.toString('hex', zero + 1, zero + 1 + hashBytes),
    }
    at = zero + 1 + hashBytes
  }
}
