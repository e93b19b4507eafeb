import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const MAX_INDEX = 512 * 1024 * 1024

/**
 * Paths of the tracked files below `root`, read from git's index file (versions 2 to 4). Reading the file ourselves needs
 * no git program, and so cannot start what a repository's configuration names (hooks, fsmonitor). Null without a
 * repository, or where the index is not one we can read (then only unignored files are known).
 * Format: gitformat-index.
 */
export function trackedFiles(root: string): string[] | null {
  const repository = findRepository(root)
  if (repository === null) return null
  const file = join(repository.gitDir, 'index')
  try {
    if (statSync(file).size > MAX_INDEX) return null
    const bytes = readFileSync(file)
    const paths = parseIndex(bytes, 20) ?? parseIndex(bytes, 32)
    return paths?.flatMap((path) => below(path, repository.prefix)) ?? null
  } catch {
    return null
  }
}

/** The folder that holds `.git`, its git folder, and `root` relative to it (`a/b/`, empty for the top). */
export function findRepository(root: string): { gitDir: string; prefix: string } | null {
  let prefix = ''
  for (let folder = root; ; folder = dirname(folder)) {
    const dot = join(folder, '.git')
    if (existsSync(dot)) {
      const gitDir = followGitFile(dot)
      return gitDir === null ? null : { gitDir, prefix }
    }
    if (dirname(folder) === folder) return null
    prefix = `${folder.slice(dirname(folder).length).replace(/^[\\/]/, '')}/${prefix}`
  }
}

function followGitFile(dot: string): string | null {
  if (statSync(dot).isDirectory()) return dot
  if (statSync(dot).size > 4096) return null
  const target = /^gitdir: (.+)$/m.exec(readFileSync(dot, 'utf8'))?.[1]?.trim()
  return target === undefined ? null : resolve(dirname(dot), target)
}

function below(path: string, prefix: string): string[] {
  return path.startsWith(prefix) ? [path.slice(prefix.length)] : []
}

/** Regular files and links in an index with object names of `oid` bytes; null where it does not parse. */
function parseIndex(bytes: Buffer, oid: 20 | 32): string[] | null {
  if (bytes.length < 12 + oid || bytes.toString('latin1', 0, 4) !== 'DIRC') return null
  const version = bytes.readUInt32BE(4)
  const count = bytes.readUInt32BE(8)
  if (version < 2 || version > 4) return null
  const paths: string[] = []
  let previous = Buffer.alloc(0)
  let at = 12
  for (let entry = 0; entry < count; entry++) {
    const start = at
    if (start + 42 + oid > bytes.length) return null
    const mode = bytes.readUInt32BE(start + 24)
    const flags = bytes.readUInt16BE(start + 40 + oid)
    const type = mode >> 12
    if (type !== 0o10 && type !== 0o12 && type !== 0o16 && type !== 0o04) return null
    at = start + 42 + oid + ((flags & 0x4000) === 0 ? 0 : 2)
    let kept = 0
    if (version === 4) {
      const strip = readVarint(bytes, at)
      if (strip === null || strip.value > previous.length) return null
      kept = previous.length - strip.value
      at = strip.next
    }
    const end = bytes.indexOf(0, at)
    if (end < 0) return null
    const name = Buffer.concat([previous.subarray(0, kept), bytes.subarray(at, end)])
    previous = name
    at = version === 4 ? end + 1 : start + ((end - start + 8) & ~7)
    if (type === 0o10 || type === 0o12) paths.push(name.toString('utf8'))
  }
  return at + oid <= bytes.length ? paths : null
}

/** git's offset encoding: each continuation adds one, so that every number has one form. */
function readVarint(bytes: Buffer, from: number): { value: number; next: number } | null {
  let at = from
  let byte = bytes[at++]
  if (byte === undefined) return null
  let value = byte & 0x7f
  while ((byte & 0x80) !== 0) {
    byte = bytes[at++]
    if (byte === undefined || value > 1e6) return null
    value = ((value + 1) << 7) | (byte & 0x7f)
  }
  return { value, next: at }
}
