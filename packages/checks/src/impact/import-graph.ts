import { posix } from 'node:path'
import { isScript, SCRIPT_ENDINGS } from './file-kinds.ts'

const SCRIPT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g
const PYTHON = /^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)|import[ \t]+([\w., \t]+))/gm
/** Which files of a tree each file of it loads: relative imports, packages of the same repository, and modules of Python. */
export function importGraph(texts: ReadonlyMap<string, string>): Map<string, Set<string>> {
  const packages = packageEntries(texts)
  const modules = new Map<string, string[]>()
  for (const path of texts.keys()) {
    if (!path.endsWith('.py')) continue
    const parts = path.replace(/(?:\/__init__)?\.py$/, '').split('/')
    for (let at = 0; at < parts.length; at++) {
      const name = parts.slice(at).join('.')
      modules.set(name, [...(modules.get(name) ?? []), path])
    }
  }
  const graph = new Map<string, Set<string>>()
  for (const [path, text] of texts) {
    const targets = new Set<string>()
    if (isScript(path)) {
      for (const [, , to = ''] of text.matchAll(SCRIPT)) {
        const found = to.startsWith('.')
          ? resolveScript(texts, posix.join(posix.dirname(path), to))
          : packages.get(to)
        if (found !== undefined) targets.add(found)
      }
    } else if (path.endsWith('.py')) {
      for (const name of pythonNames(path, text))
        for (const target of modules.get(name) ?? []) targets.add(target)
    } else continue
    targets.delete(path)
    graph.set(path, targets)
  }
  return graph
}

function resolveScript(texts: ReadonlyMap<string, string>, base: string): string | undefined {
  const source = base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')
  const candidates = [
    ...SCRIPT_ENDINGS.map((ending) => base + ending),
    source,
    source.replace(/\.ts$/, '.tsx'),
  ]
  return candidates.map((one) => posix.normalize(one)).find((one) => texts.has(one))
}

function packageEntries(texts: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>()
  for (const [path, text] of texts) {
    if (!/(?:^|\/)package\.json$/.test(path)) continue
    const name = /"name"\s*:\s*"([^"]+)"/.exec(text)?.[1]
    if (name === undefined) continue
    const folder = posix.dirname(path)
    const named = /"(?:\.|main|module|import|default)"\s*:\s*"(\.?[^"]+)"/.exec(text)?.[1]
    const places = [named, 'src/index', 'index'].filter((one) => one !== undefined)
    const entry = places
      .map((one) => resolveScript(texts, posix.join(folder, one)))
      .find((one) => one !== undefined)
    if (entry !== undefined) found.set(name, entry)
  }
  return found
}

function* pythonNames(path: string, text: string): Iterable<string> {
  for (const [, from, names = '', plain = ''] of text.matchAll(PYTHON)) {
    for (const one of plain.split(',')) if (one.trim() !== '') yield one.trim().split(/\s/)[0] ?? ''
    if (from === undefined) continue
    const dots = /^\.*/.exec(from)?.[0].length ?? 0
    const folder = path.split('/').slice(0, -Math.max(1, dots))
    const rest = from.slice(dots)
    const module = dots === 0 ? rest : [...folder, ...(rest === '' ? [] : [rest])].join('.')
    if (module !== '') yield module
    for (const name of names.replace(/[()]/g, '').split(','))
      yield `${module}.${name.trim().split(/\s/)[0] ?? ''}`
  }
}
