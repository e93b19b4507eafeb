import { createHash, randomBytes } from 'node:crypto'
import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { GuardError } from '../errors.ts'
import { linkedRepository } from '../sandbox/linked-repository.ts'

/** What a repository can ship that something on this machine would act upon. */
const trustKinds = [
  'hooks',
  'mcp',
  'env',
  'base-url',
  'skill',
  'command',
  'agent',
  'settings',
  'instructions',
] as const
export type TrustKind = (typeof trustKinds)[number]

/** Asked by everything that loads what a repository ships, before anything of it counts. Never asks a person. */
export interface Trust {
  /** Whether a person approved these very bytes as this kind at this path (relative to the repository, with `/`). */
  isTrusted(kind: TrustKind, path: string, bytes: Uint8Array): boolean
}

/** One approval of what a repository ships. */
export interface TrustEntry {
  /** Real path of the repository. */
  repository: string
  kind: TrustKind
  path: string
  sha256: string
  by: string
  /** Milliseconds since the epoch. */
  at: number
}

export interface TrustList extends Trust {
  /** The approvals of this repository. */
  entries(): TrustEntry[]
  approve(kind: TrustKind, path: string, bytes: Uint8Array, by: string, at: number): TrustEntry
  /** Takes back every approval of a path; gives how many there were. */
  revoke(path: string): number
}

const largest = 16 << 20

/** Where the approvals of a user are kept: outside of every workspace. */
export const trustFile = (dataDir: string): string => join(dataDir, 'trust.json')

const trustDigest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * The approvals of one repository, kept in `file` outside of it; those of a linked worktree are those of its checkout. Read anew at each question, so that taking one back counts at once.
 * Throws `GuardError` `bad-trust` where the file is damaged or others can write it: nothing is trusted by mistake.
 */
export function openTrust(file: string, folder: string): TrustList {
  const repository = mainCheckout(folder)
  const all = () => readEntries(file)
  const own = () => all().filter((entry) => entry.repository === repository)
  return {
    isTrusted(kind, path, bytes) {
      const sha256 = trustDigest(bytes)
      return own().some((entry) => entry.kind === kind && entry.path === path && entry.sha256 === sha256)
    },
    entries: own,
    approve(kind, path, bytes, by, at) {
      const entry: TrustEntry = { repository, kind, path, sha256: trustDigest(bytes), by, at }
      const others = all().filter(
        (each) => each.repository !== repository || each.kind !== kind || each.path !== path,
      )
      writeEntries(file, [...others, entry])
      return entry
    },
    revoke(path) {
      const before = all()
      const left = before.filter((each) => each.repository !== repository || each.path !== path)
      if (left.length < before.length) writeEntries(file, left)
      return before.length - left.length
    },
  }
}

/** The checkout that a linked worktree belongs to; any other folder is its own. Only a link that is mutual counts. */
function mainCheckout(folder: string): string {
  const shared = linkedRepository(join(folder, '.git'))
  return shared !== null && basename(shared) === '.git' ? dirname(shared) : folder
}

function fail(file: string, what: string): never {
  throw new GuardError(
    'bad-trust',
    `The list of what is trusted, ${file}, ${what}`,
    'Move it away: nothing is trusted then, and `cairn trust approve` begins a new one.',
  )
}

function readEntries(file: string): TrustEntry[] {
  let fd: number
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    return fail(file, 'cannot be read')
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile() || stat.size > largest) return fail(file, 'is no file of a sensible size')
    if (process.platform !== 'win32' && (stat.uid !== process.getuid?.() || (stat.mode & 0o022) !== 0))
      return fail(file, 'can be written by others')
    return parse(file, readFileSync(fd, 'utf8'))
  } finally {
    closeSync(fd)
  }
}

function parse(file: string, text: string): TrustEntry[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return fail(file, 'is not JSON')
  }
  const list = typeof parsed === 'object' && parsed !== null && 'entries' in parsed ? parsed.entries : null
  if (!Array.isArray(list)) return fail(file, 'has no entries')
  return list.map((each: unknown) => {
    const entry: Record<string, unknown> = typeof each === 'object' && each !== null ? { ...each } : {}
    const { repository, kind, path, sha256, by, at } = entry
    const known = trustKinds.find((name) => name === kind)
    if (
      known === undefined ||
      typeof repository !== 'string' ||
      typeof path !== 'string' ||
      typeof sha256 !== 'string' ||
      typeof by !== 'string' ||
      typeof at !== 'number'
    )
      return fail(file, 'has an entry that is none')
    return { repository, kind: known, path, sha256, by, at }
  })
}

function writeEntries(file: string, entries: readonly TrustEntry[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(aside, `${JSON.stringify({ version: 1, entries }, null, 1)}\n`, {
    mode: 0o600,
    flag: 'wx',
    flush: true,
  })
  renameSync(aside, file)
}
