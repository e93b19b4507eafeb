import { basename } from 'node:path'
import type { ProposedChange } from './constraint-rule.ts'

const NPM_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
const REQUIREMENT = /^\s*([A-Za-z\d][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[=<>!~;@#]|$)/
const TOML_SECTION = /^\s*\[+\s*([^\]]+?)\s*\]+\s*(?:#.*)?$/
const TOML_KEY = /^\s*["']?([\w.-]+)["']?\s*=/
const QUOTED_REQUIREMENT = /["']([A-Za-z\d][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[=<>!~;@ ][^"']*)?["']/g

/** Names of dependencies that a change of a manifest adds; manifests of npm, pip, Poetry, Cargo and Go. */
export function addedDependencies({ path, before, after }: ProposedChange): string[] {
  if (after === null) return []
  const read = readerOf(basename(path))
  if (read === null) return []
  const had = new Set(before === null ? [] : read(before))
  return [...new Set(read(after))].filter((name) => !had.has(name))
}

function readerOf(name: string): ((text: string) => string[]) | null {
  if (name === 'package.json') return npm
  if (/^requirements.*\.(?:txt|in)$/.test(name)) return requirements
  if (name === 'pyproject.toml' || name === 'Pipfile') return pyproject
  if (name === 'Cargo.toml') return (text) => sections(text, /(?:^|\.)(?:dev-|build-)?dependencies(?:\.|$)/)
  if (name === 'go.mod') return goMod
  return null
}

function npm(text: string): string[] {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return []
    return Object.entries(parsed).flatMap(([field, value]: [string, unknown]) =>
      NPM_FIELDS.includes(field) && typeof value === 'object' && value !== null ? Object.keys(value) : [],
    )
  } catch {
    // Not valid at this moment: the next change is looked at again.
    return []
  }
}

const requirements = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const name = line.trimStart().startsWith('#') ? undefined : REQUIREMENT.exec(line)?.[1]
    return name === undefined ? [] : [name.toLowerCase()]
  })

function sections(text: string, wanted: RegExp): string[] {
  const found: string[] = []
  let inside = false
  for (const line of text.split('\n')) {
    const section = TOML_SECTION.exec(line)?.[1]
    if (section !== undefined) {
      inside = wanted.test(section)
      // [dependencies.name] is a dependency by itself.
      const own = /dependencies\.([\w-]+)$/.exec(section)?.[1]
      if (inside && own !== undefined) found.push(own)
    } else if (inside) {
      const key = TOML_KEY.exec(line)?.[1]
      if (key !== undefined && key !== 'python') found.push(key)
    }
  }
  return found
}

function pyproject(text: string): string[] {
  const lists = text.matchAll(/^\s*(?:[\w-]*dependencies|[\w-]+)\s*=\s*\[((?:"[^"]*"|'[^']*'|[^\]"'])*)\]/gm)
  const listed = [...lists].flatMap((match) =>
    /dependencies\s*=/.test(match[0]) || insideExtras(text, match.index)
      ? [...(match[1] ?? '').matchAll(QUOTED_REQUIREMENT)].map((item) => item[1] ?? '')
      : [],
  )
  const poetry = sections(
    text,
    /(?:^tool\.poetry\.(?:group\.[\w-]+\.)?(?:dev-)?dependencies$|^(?:dev-)?packages$)/,
  )
  return [...listed, ...poetry].map((name) => name.toLowerCase())
}

function insideExtras(text: string, at: number): boolean {
  const headers = [...text.slice(0, at).matchAll(/^\s*\[([^\]]+)\]/gm)]
  return /^(?:project\.optional-dependencies|dependency-groups)$/.test(headers.at(-1)?.[1]?.trim() ?? '')
}

const goMod = (text: string): string[] => {
  const blocks = [...text.matchAll(/^require\s*\(([^)]*)\)/gm)].flatMap((match) =>
    (match[1] ?? '').split('\n'),
  )
  const single = [...text.matchAll(/^require\s+(\S+\s+\S+)/gm)].map((match) => match[1] ?? '')
  return [...blocks, ...single].flatMap((line) => {
    const name = /^\s*([\w.-]+\/\S+|[\w.-]+\.[\w.-]+)\s+v/.exec(line)?.[1]
    return name === undefined ? [] : [name]
  })
}
