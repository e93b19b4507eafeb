import { lstatSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { errno, fault, ioFault, success } from '../fault.ts'
import type { Outcome } from '../workspace.ts'

/** The root as it was given and as the file system knows it. */
export interface Root {
  given: string
  real: string
}

/** A path that has been proven to lie inside the root, with no symbolic link left in it. */
export interface Located {
  /** Absolute real path. */
  abs: string
  /** Real path relative to the root, `/`-separated; empty for the root itself. */
  rel: string
  /** The path as asked for, relative to the root, `/`-separated. */
  asked: string
  /** What is there now; a link is reported as what it points to, see `viaLink`. */
  kind: 'file' | 'directory' | 'other' | 'absent'
  /** The last component itself is a symbolic link. */
  viaLink: boolean
}

/** Resolves a root once. Throws where the folder does not exist. */
export function openRoot(root: string): Root {
  const given = resolve(root)
  return { given, real: realpathSync.native(given) }
}

export function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

/**
 * Resolves `path` (relative to the root, or absolute) to its real place, following links of the deepest ancestor that
 * exists. Refuses with `outside` whatever does not end inside the root: `..`, prefix look-alikes, links, NUL bytes.
 */
export function locate(root: Root, path: string): Outcome<Located> {
  if (path.includes('\0')) return fault('outside', 'The path has a NUL byte in it. Give a plain path.')
  const asked = lexical(root, path)
  if (asked === null) {
    return fault(
      'outside',
      `${path} is outside the workspace ${root.given}. Only files inside it can be used.`,
    )
  }
  const missing: string[] = []
  let probe = asked
  for (;;) {
    const link = linkState(probe)
    if (link === 'absent' && probe !== root.real) {
      missing.unshift(probe.slice(dirname(probe).length).replace(/^[\\/]+/, ''))
      probe = dirname(probe)
      continue
    }
    return finish(root, path, asked, probe, missing, link === 'link')
  }
}

function lexical(root: Root, path: string): string | null {
  const absolute = resolve(root.real, path)
  if (isWithin(root.real, absolute)) return absolute
  if (isAbsolute(path) && isWithin(root.given, absolute))
    return join(root.real, relative(root.given, absolute))
  return null
}

function linkState(path: string): 'absent' | 'link' | 'entry' {
  try {
    return lstatSync(path).isSymbolicLink() ? 'link' : 'entry'
  } catch (error) {
    // Below a file there is nothing (ENOTDIR); an over-long name cannot exist either. Both end at a real ancestor.
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errno(error))) return 'absent'
    // ELOOP, EACCES: realpath below reports it with the path.
    return 'entry'
  }
}

function finish(root: Root, path: string, asked: string, probe: string, missing: string[], link: boolean) {
  let real: string
  try {
    real = realpathSync.native(probe)
  } catch (error) {
    const code = errno(error)
    if (code === 'ENOENT' || code === 'ELOOP') {
      return fault(
        'outside',
        `${path} leads over a broken symbolic link (${slashes(relative(root.real, probe))}). Use the real path.`,
      )
    }
    return ioFault('resolve', path, error)
  }
  if (!isWithin(root.real, real)) {
    return fault(
      'outside',
      `${path} leads out of the workspace over a symbolic link. Only files inside ${root.given} can be used.`,
    )
  }
  const abs = missing.length > 0 ? join(real, ...missing) : real
  const kind = missing.length > 0 ? 'absent' : kindOf(abs)
  if (missing.length > 0 && kindOf(real) !== 'directory') {
    return fault(
      'not-found',
      `${path} cannot exist: ${slashes(relative(root.real, real))} is a file, not a folder.`,
    )
  }
  return success<Located>({
    abs,
    rel: slashes(relative(root.real, abs)),
    asked: slashes(relative(root.real, asked)),
    kind,
    viaLink: missing.length === 0 && link,
  })
}

function kindOf(abs: string): Located['kind'] {
  const stat = lstatSync(abs, { throwIfNoEntry: false })
  if (stat === undefined) return 'absent'
  if (stat.isFile()) return 'file'
  return stat.isDirectory() ? 'directory' : 'other'
}

function slashes(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/')
}
