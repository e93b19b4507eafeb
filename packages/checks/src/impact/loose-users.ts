import { posix } from 'node:path'
import { isCode, isScript } from './file-kinds.ts'

const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^.'"\n][^'"\n]*)\1/g
const NAMED = /(['"`])([^'"`\n]{1,200}?\.\w{1,8})\1/g
const DYNAMIC =
  /\b(?:require|import)\s*\(\s*(?!['"]|\/\*)[^)\s]|\bimport\.meta\.glob|\bimport_module\s*\(|\b__import__\s*\(/
const SETTING =
  /"(?:setupFiles\w*|globalSetup|globalTeardown|testEnvironment|snapshotSerializers|transform|require|file|import)"\s*:\s*(\[[^\]]*\]|\{[^}]*\}|"[^"]*")/g
const SETTINGS_FILE = /(?:^|\/)(?:package\.json|\.mocharc\.\w+|jest\.config\.json|\.taprc|nyc\.config\.json)$/

/** Folder and name without ending, a folder for its index file: what an import may call a file. */
const called = (path: string) => path.replace(/\.[^./]+$/, '').replace(/\/(?:index|__init__|mod)$/, '')

/**
 * Who may use a file besides those that import it by its path: imports through aliases and packages of the same repository, names
 * of files in texts, code that loads whatever lies beside it, the module above a module of Python, and the package of a Go file.
 * Says too much rather than too little. Gives pairs of user and used.
 */
export function* looseUsers(texts: ReadonlyMap<string, string>): Iterable<readonly [string, string]> {
  const byCalled = new Map<string, string[]>()
  const byName = new Map<string, string[]>()
  const add = (map: Map<string, string[]>, key: string, path: string) => {
    const known = map.get(key)
    if (known === undefined) map.set(key, [path])
    else known.push(path)
  }
  for (const path of texts.keys()) {
    add(byName, posix.basename(path), path)
    if (!isCode(path)) continue
    const parts = called(path).split('/')
    for (let at = Math.max(0, parts.length - 6); at < parts.length; at++)
      add(byCalled, parts.slice(at).join('/'), path)
  }
  for (const [path, text] of texts) {
    if (SETTINGS_FILE.test(path)) {
      for (const [, value = ''] of text.matchAll(SETTING))
        for (const [, , name = ''] of value.matchAll(/(["'])([^"']+)\1/g))
          for (const used of filesNamed(name.replace('<rootDir>/', ''), path, texts, byName))
            yield [path, used]
      continue
    }
    if (!isCode(path)) continue
    for (const [, , name = ''] of text.matchAll(NAMED))
      for (const used of filesNamed(name, path, texts, byName)) yield [path, used]
    if (DYNAMIC.test(text)) {
      const folder = posix.dirname(path)
      for (const used of texts.keys())
        if (isCode(used) && (folder === '.' || used.startsWith(`${folder}/`))) yield [path, used]
    }
    if (!isScript(path)) continue
    for (const [, , specifier = ''] of text.matchAll(SPECIFIER)) {
      const parts = specifier.replace(/\.[cm]?[jt]sx?$/, '').split('/')
      for (let cut = 0; cut < Math.min(3, parts.length); cut++)
        for (const used of byCalled.get(parts.slice(cut).join('/')) ?? []) yield [path, used]
    }
  }
  yield* pythonPackages(texts)
  yield* goPackages(texts)
}

function* filesNamed(
  name: string,
  from: string,
  texts: ReadonlyMap<string, string>,
  byName: ReadonlyMap<string, readonly string[]>,
): Iterable<string> {
  for (const base of [posix.dirname(from), '.']) {
    const path = posix.normalize(posix.join(base, name))
    if (texts.has(path)) return yield path
  }
  const alike = byName.get(posix.basename(name)) ?? []
  // A name that half of the repository bears says nothing.
  if (alike.length <= 3) yield* alike
}

/** Importing a module runs the packages above it; pytest loads each conftest above a test. */
function* pythonPackages(texts: ReadonlyMap<string, string>): Iterable<readonly [string, string]> {
  for (const path of texts.keys()) {
    if (!path.endsWith('.py')) continue
    for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
      const prefix = folder === '.' ? '' : `${folder}/`
      for (const name of ['__init__.py', 'conftest.py'])
        if (texts.has(prefix + name) && prefix + name !== path) yield [path, prefix + name]
      if (folder === '.') break
    }
  }
}

/** Files of one folder are one package; an import names the folder. */
function* goPackages(texts: ReadonlyMap<string, string>): Iterable<readonly [string, string]> {
  const folders = new Map<string, string[]>()
  for (const path of texts.keys())
    if (path.endsWith('.go') && !path.endsWith('_test.go')) {
      const folder = posix.dirname(path)
      folders.set(folder, [...(folders.get(folder) ?? []), path])
    }
  if (folders.size === 0) return
  const modules = [...texts]
    .filter(([path]) => posix.basename(path) === 'go.mod')
    .map(([path, text]) => [/^module\s+(\S+)/m.exec(text)?.[1] ?? '', posix.dirname(path)] as const)
  for (const [path, text] of texts) {
    if (!path.endsWith('.go')) continue
    for (const used of folders.get(posix.dirname(path)) ?? []) if (used !== path) yield [path, used]
    for (const [, name = ''] of text.matchAll(/"([\w.\-/]+)"/g))
      for (const [module, root] of modules) {
        if (module === '' || (name !== module && !name.startsWith(`${module}/`))) continue
        const folder = posix.normalize(posix.join(root, name.slice(module.length + 1)))
        for (const used of folders.get(folder) ?? []) yield [path, used]
      }
  }
}
