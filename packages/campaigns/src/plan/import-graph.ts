import { parse, type SgNode } from '@ast-grep/napi'
import { readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { languageOfFile } from './source-language.ts'

/** One import of a file of the repository by another. `names`: what is imported; null: all of it. */
export interface ImportEdge {
  to: string
  names: string[] | null
}

/** File → the files of the repository that it imports. */
export type ImportGraph = ReadonlyMap<string, readonly ImportEdge[]>

const ENDS = [
  '',
  '.ts',
  '.tsx',
  '.mts',
  '.cts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.json',
  '/index.ts',
  '/index.tsx',
  '/index.js',
  '/index.mjs',
  '/index.cjs',
]
/** What a compiled name in an import stands for in the sources. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.jsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
}

/** Reads the imports of JavaScript and TypeScript files: `import`, `export from`, `require`, `import()`, `import = require`. */
export function readImportGraph(root: string, files: readonly string[]): ImportGraph {
  const all = new Set(files)
  const packages = packageFolders(root, files)
  const graph = new Map<string, ImportEdge[]>()
  for (const file of files) {
    const language = languageOfFile(file)
    if (language === null || language === 'Html' || language === 'Css') continue
    let text: string
    try {
      text = readFileSync(join(root, file), 'utf8')
    } catch {
      continue
    }
    const edges: ImportEdge[] = []
    for (const { specifier, names } of importsOf(text, language)) {
      const to = resolveImport(file, specifier, all, packages)
      if (to !== null && to !== file) edges.push({ to, names })
    }
    graph.set(file, edges)
  }
  return graph
}

/** Names of the packages of a workspace, with their folders: they import each other by name. */
function packageFolders(root: string, files: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const file of files) {
    if (posix.basename(file) !== 'package.json') continue
    try {
      const value: unknown = JSON.parse(readFileSync(join(root, file), 'utf8'))
      const name: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'name') : null
      if (typeof name === 'string' && name !== '') found.set(name, dirname(file))
    } catch {
      // A package file that cannot be read names no package.
    }
  }
  return found
}

export function importsOf(text: string, language: string): { specifier: string; names: string[] | null }[] {
  if (!/\b(?:import|require|from)\b/u.test(text)) return []
  const root = parse(language, text).root()
  const found: { specifier: string; names: string[] | null }[] = []
  const add = (source: SgNode | null | undefined, names: string[] | null) => {
    if (source === null || source === undefined || source.kind() !== 'string') return
    found.push({ specifier: source.text().slice(1, -1), names })
  }
  for (const node of root.findAll({
    rule: { any: [{ kind: 'import_statement' }, { kind: 'export_statement' }] },
  })) {
    const source = node.field('source')
    if (source !== null) add(source, namesOf(node))
    const required = node.children().find((child) => child.kind() === 'import_require_clause')
    if (required !== undefined)
      add(required.field('source') ?? required.find({ rule: { kind: 'string' } }), null)
  }
  for (const call of root.findAll({ rule: { kind: 'call_expression' } })) {
    const callee = call.field('function')
    if (
      callee === null ||
      !(callee.kind() === 'import' || callee.text() === 'require' || callee.text() === 'require.resolve')
    )
      continue
    add(
      call
        .field('arguments')
        ?.children()
        .find((child) => child.kind() === 'string'),
      requiredNames(call),
    )
  }
  return found
}

/** Names inside the braces of an import or export; null where everything comes along. */
function namesOf(statement: SgNode): string[] | null {
  if (statement.find({ rule: { kind: 'namespace_import' } }) !== null) return null
  const specifiers = statement.findAll({
    rule: { any: [{ kind: 'import_specifier' }, { kind: 'export_specifier' }] },
  })
  const clause = statement.children().find((child) => child.kind() === 'import_clause')
  const hasDefault = clause?.children().some((child) => child.kind() === 'identifier') ?? false
  if (specifiers.length === 0 && !hasDefault) return null
  return [
    ...specifiers.map((specifier) => specifier.field('name')?.text() ?? specifier.text()),
    ...(hasDefault ? ['default'] : []),
  ]
}

/** Names of `const { a, b: c } = require(...)`; null where the whole module is taken. */
function requiredNames(call: SgNode): string[] | null {
  const pattern = call.parent()?.field('name')
  if (pattern?.kind() !== 'object_pattern') return null
  const names = pattern
    .children()
    .filter((child) => child.isNamed())
    .map((child) => child.field('key')?.text() ?? child.text())
  return names.every((name) => /^[\w$]+$/u.test(name)) ? names : null
}

function resolveImport(
  from: string,
  specifier: string,
  files: ReadonlySet<string>,
  packages: ReadonlyMap<string, string>,
): string | null {
  const plain = specifier.replace(/[?#].*$/u, '')
  if (plain.startsWith('.')) return lookUp(posix.join(posix.dirname(from), plain), files)
  const parts = plain.split('/')
  const name = plain.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '')
  const folder = packages.get(name)
  if (folder === undefined) return null
  const rest = plain.slice(name.length + 1)
  const inside = (path: string) => lookUp(posix.join(folder, path), files)
  return rest === ''
    ? (inside('src/index') ?? inside('index'))
    : (inside(rest) ?? inside(posix.join('src', rest)))
}

function lookUp(path: string, files: ReadonlySet<string>): string | null {
  const clean = path.replace(/\/$/u, '')
  for (const end of ENDS) if (files.has(clean + end)) return clean + end
  const end = posix.extname(clean)
  for (const source of SOURCES[end] ?? []) {
    const candidate = clean.slice(0, -end.length) + source
    if (files.has(candidate)) return candidate
  }
  return null
}
