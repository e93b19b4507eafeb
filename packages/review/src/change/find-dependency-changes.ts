import { parse as parseToml } from 'smol-toml'
import { fieldsOf, isTable } from '../sbom/fields.ts'
import type { Change } from './read-change.ts'
import type { Remark } from './review-finding.ts'

type Manifest = { dependencies: Map<string, string>; scripts: Map<string, string> }
const FOREIGN =
  /^(?:git\b|git[+@:]|github:|gitlab:|bitbucket:|https?:|ssh:)|^[\w.-]+\/[\w.-]+(?:#|$)|@\s*(?:git\+|https?:)/
const LOOSE = /^(?:|\*|x|latest|>=?\s*[\d.]+)$/
const INSTALL = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare']

/** A range as text; a table of TOML with the source first. */
function rangeOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (!isTable(value)) return ''
  const { git, url, version, path } = value
  const first = [git, url].find((one) => typeof one === 'string')
  if (typeof first === 'string') return /^(?:git|https?)[:+@]/.test(first) ? first : `git+${first}`
  return typeof version === 'string' ? version : typeof path === 'string' ? `file:${path}` : '*'
}

/** Changes of dependencies in package.json, requirements files, pyproject.toml, Cargo.toml and go.mod, and foreign sources in npm's lock file. */
export function findDependencyChanges({ files, head, base }: Change): Remark[] {
  const found: Remark[] = []
  for (const { before, after, added, addedCount } of files) {
    const text = after === null || addedCount === 0 ? undefined : head.texts.get(after.path)
    if (after === null || text === undefined) continue
    const file = after.path
    const lines = text.split('\n')
    if (/(?:^|\/)package-lock\.json$/.test(file)) {
      const line =
        lines.findIndex((one, at) => added.has(at + 1) && /"resolved": "(?:git|http:)/.test(one)) + 1
      if (line > 0)
        found.push({
          rule: 'source',
          file,
          line,
          message: `The lock file takes a package from ${lines[line - 1]?.trim() ?? ''}`,
          snippet: lines[line - 1] ?? '',
        })
      continue
    }
    const now = readManifest(file, text)
    if (now === null) continue
    const was =
      readManifest(before?.path ?? file, before === null ? '' : (base.texts.get(before.path) ?? '')) ?? EMPTY
    const names = (line: string, name: string) =>
      file.endsWith('.json')
        ? line.includes(`"${name}":`)
        : line.trimStart().toLowerCase().startsWith(name.toLowerCase()) || line.includes(`"${name}`)
    const lineOf = (name: string) => Math.max(1, lines.findIndex((line) => names(line, name)) + 1)
    const fresh: string[] = []
    for (const [name, range] of now.dependencies) {
      const earlier = was.dependencies.get(name)
      if (earlier === range) continue
      const line = lineOf(name)
      const about = `${name} ${range}`
      if (FOREIGN.test(range))
        found.push({ rule: 'source', file, line, about, message: `${name} comes from ${range}.` })
      else if (
        LOOSE.test(range) &&
        (earlier !== undefined || range !== '') &&
        !(earlier !== undefined && LOOSE.test(earlier))
      )
        found.push({
          rule: 'range',
          file,
          line,
          about,
          message: `${name} accepts ${range === '' ? 'any version' : JSON.stringify(range)}${earlier === undefined ? '' : `; it was ${JSON.stringify(earlier)}`}.`,
        })
      if (earlier === undefined && before !== null) fresh.push(name)
    }
    const [first] = fresh
    if (first !== undefined)
      found.push({
        rule: 'dependency',
        file,
        line: lineOf(first),
        about: fresh.join(' '),
        message: `New: ${fresh.slice(0, 10).join(', ')}${fresh.length > 10 ? ` and ${fresh.length - 10} more` : ''}.`,
      })
    for (const [name, command] of now.scripts) {
      if (!INSTALL.includes(name) || was.scripts.get(name) === command) continue
      found.push({
        rule: 'script',
        file,
        line: lineOf(name),
        about: `${name} ${command}`,
        // `prepare` runs only where the package is built, not at those who install it from a registry.
        ...(name.includes('prepare') ? { severity: 'low' as const } : {}),
        message: `\`${name}\` runs ${command.slice(0, 200)}`,
      })
    }
  }
  return found
}

const EMPTY: Manifest = { dependencies: new Map(), scripts: new Map() }

/** Null for a file that is no manifest, or cannot be read. */
function readManifest(path: string, text: string): Manifest | null {
  const dependencies = new Map<string, string>()
  const scripts = new Map<string, string>()
  const name = path.slice(path.lastIndexOf('/') + 1)
  const put = (table: unknown) => {
    for (const [key, value] of fieldsOf(table)) dependencies.set(key, rangeOf(value))
  }
  const putLine = (line: string) => {
    const [, key, range = ''] = /^\s*([A-Za-z][\w.-]*)(?:\[[^\]]*\])?\s*([^;#]*)/.exec(line) ?? []
    if (key !== undefined) dependencies.set(key.toLowerCase(), range.trim())
  }
  try {
    if (name === 'package.json') {
      const value: unknown = JSON.parse(text === '' ? '{}' : text)
      if (!isTable(value)) return null
      for (const kind of ['peerDependencies', 'optionalDependencies', 'devDependencies', 'dependencies'])
        put(value[kind])
      for (const [key, command] of fieldsOf(value['scripts']))
        if (typeof command === 'string') scripts.set(key, command)
    } else if (/^requirements[\w.-]*\.txt$/.test(name)) {
      for (const line of text.split('\n')) {
        const direct = /^\s*(?:-e\s+)?((?:git\+|https?:)\S+)/.exec(line)?.[1]
        if (direct === undefined) putLine(line)
        else dependencies.set(direct.replace(/[#@].*$/, ''), direct)
      }
    } else if (name === 'go.mod') {
      for (const [, key = '', version = ''] of text.matchAll(
        /^\s*(?:require\s+)?([\w.-]+\.[\w.-]+\/\S+)\s+(v\S+)/gm,
      ))
        dependencies.set(key, version)
      for (const [, key = '', target = ''] of text.matchAll(
        /^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+(\S+)/gm,
      ))
        dependencies.set(`${key} =>`, `git+${target}`)
    } else if (name === 'Cargo.toml' || name === 'pyproject.toml') {
      const value = parseToml(text)
      for (const kind of ['dependencies', 'dev-dependencies', 'build-dependencies']) put(value[kind])
      const project = value['project']
      if (isTable(project)) {
        const lists = [
          project['dependencies'],
          ...fieldsOf(project['optional-dependencies']).map(([, list]) => list),
        ]
        for (const list of lists)
          if (Array.isArray(list)) for (const line of list) if (typeof line === 'string') putLine(line)
      }
      const tool = value['tool']
      const poetry = isTable(tool) ? tool['poetry'] : undefined
      if (isTable(poetry)) put(poetry['dependencies'])
    } else return null
  } catch {
    return null
  }
  return { dependencies, scripts }
}
