import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { errno } from '../fault.ts'

/** A file whose last change is younger than this when it is hashed could change again within one clock tick. */
const RACY_MS = 2000
/** Above this size only head and tail are hashed, with size and time of change: a sparse file can claim any size. */
const MAX_WHOLE = 2 * 1024 * 1024 * 1024
const CHUNK = 256 * 1024

/** What the tree hash knows of one file: `x` executable, `-` plain, `l` symbolic link (its target is hashed). */
export interface FileIdentity {
  mode: 'x' | '-' | 'l'
  sha256: string
}

/** Times as doubles are good to a quarter of a microsecond, finer than the clocks of file systems, and cheap. */
interface Cached extends FileIdentity {
  size: number
  mtimeMs: number
  ctimeMs: number
  ino: number
  dev: number
  /** Safe to trust as long as the stat stays the same. */
  settled: boolean
}

/**
 * Hashes of files by absolute path, kept as long as size, inode and both times stay the same. A file that was changed
 * within two seconds before it was hashed is hashed again next time (git calls such entries racily clean).
 */
export class StatCache {
  readonly #entries = new Map<string, Cached>()
  readonly #now: () => number
  #reads = 0

  /** `now` in milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** How many files were read so far; the rest came from the cache. */
  get reads(): number {
    return this.#reads
  }

  /** Null where there is no regular file or link, or where it cannot be read. */
  identify(path: string): FileIdentity | null {
    let stat: fs.Stats | undefined
    try {
      stat = fs.lstatSync(path, { throwIfNoEntry: false })
    } catch (error) {
      if (errno(error) !== 'ENOTDIR') throw error
    }
    if (stat === undefined || !(stat.isFile() || stat.isSymbolicLink())) {
      this.#entries.delete(path)
      return null
    }
    const known = this.#entries.get(path)
    if (known !== undefined && known.settled && sameStat(known, stat)) return known
    return this.#hash(path, stat)
  }

  /** Forgets paths that are not in `keep`, so that the cache cannot grow for ever. */
  retain(keep: ReadonlySet<string>): void {
    if (this.#entries.size <= 2 * keep.size + 1000) return
    for (const path of this.#entries.keys()) if (!keep.has(path)) this.#entries.delete(path)
  }

  #hash(path: string, stat: fs.Stats): FileIdentity | null {
    const started = this.#now()
    const { size, mtimeMs, ctimeMs, ino, dev } = stat
    let identity: FileIdentity
    try {
      this.#reads++
      identity = stat.isSymbolicLink()
        ? { mode: 'l', sha256: createHash('sha256').update(fs.readlinkSync(path)).digest('hex') }
        : { mode: (stat.mode & 0o111) === 0 ? '-' : 'x', sha256: hashFile(path, stat) }
    } catch {
      this.#entries.delete(path)
      return null
    }
    const settled = Math.max(mtimeMs, ctimeMs) + RACY_MS < started
    this.#entries.set(path, { ...identity, size, mtimeMs, ctimeMs, ino, dev, settled })
    return identity
  }
}

function sameStat(a: Cached, b: fs.Stats): boolean {
  return (
    a.size === b.size &&
    a.mtimeMs === b.mtimeMs &&
    a.ctimeMs === b.ctimeMs &&
    a.ino === b.ino &&
    a.dev === b.dev
  )
}

function hashFile(path: string, stat: fs.Stats): string {
  const hash = createHash('sha256')
  const fd = fs.openSync(
    path,
    fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0),
  )
  try {
    if (stat.size > MAX_WHOLE) return hashEnds(fd, stat)
    const chunk = Buffer.allocUnsafe(stat.size < CHUNK ? stat.size + 1 : CHUNK)
    for (;;) {
      const length = fs.readSync(fd, chunk, 0, chunk.length, null)
      if (length === 0) break
      hash.update(chunk.subarray(0, length))
    }
    return hash.digest('hex')
  } finally {
    fs.closeSync(fd)
  }
}

function hashEnds(fd: number, stat: fs.Stats): string {
  const hash = createHash('sha256').update(`large ${stat.size} ${stat.mtimeMs}\n`)
  const chunk = Buffer.alloc(CHUNK)
  fs.readSync(fd, chunk, 0, CHUNK, 0)
  hash.update(chunk)
  fs.readSync(fd, chunk, 0, CHUNK, stat.size - CHUNK)
  return hash.update(chunk).digest('hex')
}
