import { posix } from 'node:path'
import type { IsPublicModule } from './check-changes.ts'

const RE_EXPORT = /(?:^|\n)\s*export\b[^'"\n;]*\bfrom\s*['"](\.[^'"]+)['"]/g
const ENDINGS = ['', '.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '/index.ts', '/index.js']
const DEFAULT_ENTRIES = ['src/index', 'index', 'lib/index', 'src/main', 'mod']
/** Files that are followed at most, so that a large package stays cheap. */
const MAX_FOLLOWED = 500

/**
 * Finds the modules whose exports are public: the entry files that a package names, and what they re-export. Files of Go
 * and Python are public unless their path says otherwise. `read` gives the text of a file, null where it is absent.
 */
export function publicModules(read: (path: string) => string | null): IsPublicModule {
  const byPackage = new Map<string, Set<string>>()
  return (path) => {
    if (/(?:^|\/)(?:internal|_[^/]*|tests?|__tests__)\/|[._]test\.|\.spec\./.test(path)) return false
    if (/\.(?:go|pyi?)$/.test(path)) return true
    const folder = packageFolder(path, read)
    let found = byPackage.get(folder)
    if (found === undefined) {
      found = reachable(folder, read)
      byPackage.set(folder, found)
    }
    return found.has(path)
  }
}

function packageFolder(path: string, read: (path: string) => string | null): string {
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    if (folder === '.' || read(posix.join(folder, 'package.json')) !== null) return folder
  }
}

function reachable(folder: string, read: (path: string) => string | null): Set<string> {
  const entries = entryPoints(read(posix.join(folder, 'package.json')))
  const queue = [...entries, ...DEFAULT_ENTRIES].flatMap((entry) => sources(posix.join(folder, entry), read))
  const found = new Set<string>()
  for (let path = queue.pop(); path !== undefined && found.size < MAX_FOLLOWED; path = queue.pop()) {
    if (found.has(path)) continue
    found.add(path)
    for (const match of (read(path) ?? '').matchAll(RE_EXPORT))
      queue.push(...sources(posix.join(posix.dirname(path), match[1] ?? ''), read))
  }
  return found
}

/** The files that an import may mean: endings are left out or those of the built file. */
function sources(path: string, read: (path: string) => string | null): string[] {
  const bare = path.replace(/\.d\.[cm]?ts$|\.[cm]?[jt]sx?$/, '')
  // What is built from src is looked for there.
  const places = [...new Set([path, bare, bare.replace(/(^|\/)(?:dist|lib|build|out)\//, '$1src/')])]
  const found = places
    .flatMap((place) => ENDINGS.map((ending) => place + ending))
    .find((file) => read(file) !== null)
  return found === undefined ? [] : [found]
}

function entryPoints(manifest: string | null): string[] {
  if (manifest === null) return []
  let parsed: unknown
  try {
    parsed = JSON.parse(manifest)
  } catch {
    return []
  }
  if (typeof parsed !== 'object' || parsed === null) return []
  const found: string[] = []
  const collect = (value: unknown): void => {
    if (typeof value === 'string') found.push(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect)
  }
  for (const [field, value] of Object.entries(parsed))
    if (['main', 'module', 'types', 'typings', 'exports'].includes(field)) collect(value)
  return found.filter((path) => !path.includes('*') && path !== './package.json')
}
