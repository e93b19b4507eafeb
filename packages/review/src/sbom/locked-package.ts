/** Where a package comes from, by the names of the OSV format. */
export type Ecosystem = 'npm' | 'PyPI' | 'Go' | 'crates.io' | 'RubyGems' | 'Packagist'

/** What a package is needed for: to run, to run if it is there, or only to develop and test. */
export type Scope = 'required' | 'optional' | 'dev'

export interface Hash {
  alg: 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'
  /** Hexadecimal, lower case. */
  content: string
}

/** `to`: the key of a package, or `project:FOLDER`. */
export interface Edge {
  to: string
  scope: Scope
}

export interface LockedPackage {
  name: string
  version: string
  hashes: Hash[]
  licenses: string[]
  /** Files of a release with a hash each, where there are several. */
  files?: { url: string; hash: Hash }[]
  /** Where it comes from if not from the usual registry: qualifiers of its package URL. */
  origin?: { vcs_url?: string; download_url?: string }
  /** Said by the lock file; null: follows from who needs it. */
  scope: Scope | null
  edges: Edge[]
  /** Text of the lock file at which the entry begins. */
  mark: string
}

/** A project of the repository: what a lock file was made for. */
interface LockedProject {
  /** From the root of the repository; '' is the root. */
  folder: string
  name: string | null
  version: string | null
  edges: Edge[]
}

/** What one lock file holds. Keys are of its own making. */
export interface Locked {
  packages: Map<string, LockedPackage>
  projects: LockedProject[]
  /** What it names but does not pin. */
  unpinned: string[]
}

export interface LockContext {
  /** Of the lock file, from the root of the repository. */
  path: string
  folder: string
  /** Lock files and manifests of the repository by path. */
  texts: ReadonlyMap<string, string>
}
export type LockReader = (text: string, context: LockContext) => Locked

export const projectKey = (folder: string): string => `project:${folder}`
/** Joins a folder and a path relative to it, both with forward slashes. */
export function within(folder: string, path: string): string {
  const parts: string[] = []
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}
