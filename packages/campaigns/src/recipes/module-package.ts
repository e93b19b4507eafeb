import { posix } from 'node:path'
import { changePackage } from './change-package.ts'
import type { RecipeFiles } from './recipe.ts'

/** Files whose kind of module the package decides. */
const DECIDED = /\.(?:[jt]sx?)$/u
const COMMONJS =
  /^\s*(?:(?:const|let|var)\s[^=\n]*=\s*)?require\s*\(|^\s*module\.exports\b|^\s*exports\.[\w$]+\s*=/mu
const SHOWN = 5

/** Sets `"type": "module"` once nothing below a `package.json` is CommonJS any more; says what still is. */
export function modulePackage(file: string, tree: RecipeFiles): { text: string | null; left: string[] } {
  const text = tree.read(file)
  if (text === null) return { text, left: [`${file}: is no text in UTF-8`] }
  const folder = posix.dirname(file)
  const inside = (path: string) => folder === '.' || path.startsWith(`${folder}/`)
  const nested = tree.all
    .filter((path) => path !== file && posix.basename(path) === 'package.json' && inside(path))
    .map((path) => posix.dirname(path))
  const own = tree.all.filter(
    (path) =>
      inside(path) &&
      DECIDED.test(path) &&
      !path.endsWith('.d.ts') &&
      !nested.some((other) => path.startsWith(`${other}/`)),
  )
  const still = own.filter((path) => {
    const source = tree.read(path) ?? ''
    return COMMONJS.test(source) && !source.includes('createRequire')
  })
  if (still.length > 0) {
    const more = still.length > SHOWN ? ` and ${still.length - SHOWN} more` : ''
    const names = still.slice(0, SHOWN).join(', ')
    return { text, left: [`${file}: stays CommonJS, as ${names}${more} still are`] }
  }
  const all = new Set(tree.all)
  const renamed = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const next = value.replace(/\.cjs$/u, '.mjs')
      const at = (name: string) => all.has(posix.join(folder, name))
      return next !== value && !at(value) && at(next) ? next : value
    }
    if (Array.isArray(value)) return value.map(renamed)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renamed(inner)]))
  }
  const changed = changePackage(text, (value) => {
    const before = JSON.stringify(value)
    value['type'] = 'module'
    for (const key of ['main', 'exports', 'bin', 'imports'])
      if (value[key] !== undefined) value[key] = renamed(value[key])
    return JSON.stringify(value) !== before
  })
  return { text: changed ?? text, left: [] }
}
