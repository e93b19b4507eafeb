import { SCRIPT_ENDINGS } from '@cairn/checks'
import { posix } from 'node:path'
import type { SourceFile } from '../ir/ir.ts'
import type { Template } from '../templates/read-template.ts'

/** The files that are looked at, and where an import of one leads. */
export interface Program {
  readonly files: ReadonlyMap<string, SourceFile>
  /** Templates that put values into pages as they are. */
  readonly templates: readonly Template[]
  /** The text of a file or template; empty for what is neither. */
  text(file: string): string
  /** The file that a specifier means; null where it is not ours. */
  resolve(specifier: string, from: string): string | null
  /** Line of an offset, from 1. */
  line(file: string, at: number): number
}

/** Makes a program of lowered files. `aliases` are prefixes of imports and the folder each stands for. */
export function createProgram(
  sources: readonly SourceFile[],
  aliases: ReadonlyMap<string, string>,
  templates: readonly Template[] = [],
): Program {
  const files = new Map(sources.map((file) => [file.path, file]))
  const raw = new Map(templates.map((one) => [one.path, one.text]))
  const text = (file: string): string => files.get(file)?.text ?? raw.get(file) ?? ''
  const lineStarts = new Map<string, number[]>()
  const pythonModules = pythonIndex(sources)

  const javascript = (specifier: string, from: string): string | null => {
    const tries: string[] = []
    if (specifier.startsWith('.')) tries.push(posix.join(posix.dirname(from), specifier))
    else
      for (const [prefix, folder] of aliases)
        if (specifier === prefix || specifier.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`))
          tries.push(posix.join(folder, specifier.slice(prefix.length)))
    for (const path of tries)
      for (const base of [path, path.replace(/\.([cm]?)jsx?$/, '.$1ts'), path.replace(/\.[cm]?jsx?$/, '')])
        for (const extension of SCRIPT_ENDINGS) if (files.has(base + extension)) return base + extension
    return null
  }

  const python = (specifier: string, from: string): string | null => {
    const dots = /^\.*/.exec(specifier)?.[0].length ?? 0
    const rest = specifier.slice(dots).replaceAll('.', '/')
    if (dots > 0) {
      let folder = posix.dirname(from)
      for (let up = 1; up < dots; up++) folder = posix.dirname(folder)
      const base = posix.join(folder, rest)
      return [`${base}.py`, `${base}/__init__.py`].find((path) => files.has(path)) ?? null
    }
    const candidates = pythonModules.get(rest) ?? []
    // The nearest folder wins where several roots have a module of this name.
    return candidates.toSorted((a, b) => shared(b, from) - shared(a, from))[0] ?? null
  }

  return {
    files,
    templates,
    text,
    resolve: (specifier, from) =>
      files.get(from)?.language === 'python' ? python(specifier, from) : javascript(specifier, from),
    line(file, at) {
      let starts = lineStarts.get(file)
      if (starts === undefined) {
        starts = [0]
        const all = text(file)
        for (let index = all.indexOf('\n'); index !== -1; index = all.indexOf('\n', index + 1))
          starts.push(index + 1)
        lineStarts.set(file, starts)
      }
      let low = 0
      let high = starts.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((starts[middle] ?? 0) <= at) low = middle
        else high = middle - 1
      }
      return low + 1
    },
  }
}

const shared = (a: string, b: string): number => {
  let index = 0
  while (index < a.length && a[index] === b[index]) index++
  return index
}

/** Python modules by every dotted suffix of their path, because the root of the packages is not known. */
function pythonIndex(sources: readonly SourceFile[]): Map<string, string[]> {
  const index = new Map<string, string[]>()
  for (const { path, language } of sources) {
    if (language !== 'python') continue
    const parts = path.replace(/(?:\/__init__)?\.py$/, '').split('/')
    for (let from = 0; from < parts.length; from++) {
      const name = parts.slice(from).join('/')
      index.set(name, [...(index.get(name) ?? []), path])
    }
  }
  return index
}
