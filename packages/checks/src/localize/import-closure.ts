import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const specifier = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])(\.{1,2}\/[^'"]*)\1/g
const endings = [
  '',
  '.js',
  '.ts',
  '.mjs',
  '.cjs',
  '.mts',
  '.cts',
  '.jsx',
  '.tsx',
  '/index.js',
  '/index.ts',
  '/index.mjs',
  '/index.cjs',
]

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}

function resolveImport(from: string, to: string): string | null {
  const base = resolve(dirname(from), to)
  // TypeScript sources may name the file that they will be compiled to.
  const compiled = base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')
  return [...endings.map((ending) => base + ending), compiled].find(isFile) ?? null
}

/** Workspace files that a file loads through relative imports, itself included, with their distance in imports. */
export function importClosure(root: string, entry: string): Map<string, number> {
  const found = new Map<string, number>()
  const queue: [string, number][] = [[join(root, entry), 0]]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [path, depth] = next
    const name = relative(root, path)
    if (found.has(name) || name.startsWith('..') || !isFile(path)) continue
    found.set(name, depth)
    for (const match of readFileSync(path, 'utf8').matchAll(specifier)) {
      const target = resolveImport(path, match[2] ?? '')
      if (target !== null) queue.push([target, depth + 1])
    }
  }
  return found
}
