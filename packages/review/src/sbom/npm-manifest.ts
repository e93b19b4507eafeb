import { fieldOf, fieldsOf, isTable, listOf, textOf } from './fields.ts'
import { within, type Scope } from './locked-package.ts'

export interface Wanted {
  name: string
  range: string
  scope: Scope
}

/** What a manifest or an entry of npm's kind needs. Peers are needed; those marked as optional are optional. */
export function wantedOf(manifest: unknown, { dev = false } = {}): Wanted[] {
  const found = new Map<string, Wanted>()
  const put = (table: string, scope: (name: string) => Scope) => {
    for (const [name, range] of fieldsOf(fieldOf(manifest, table)))
      found.set(name, { name, range: typeof range === 'string' ? range : '', scope: scope(name) })
  }
  const meta = fieldOf(manifest, 'peerDependenciesMeta')
  const loosePeers = new Set(listOf(manifest, 'optionalPeers'))
  if (dev) put('devDependencies', () => 'dev')
  put('peerDependencies', (name) =>
    loosePeers.has(name) || fieldOf(fieldOf(meta, name), 'optional') === true ? 'optional' : 'required',
  )
  put('dependencies', () => 'required')
  put('optionalDependencies', () => 'optional')
  return [...found.values()]
}

/** The `package.json` of a folder; null where there is none that can be read. */
export function manifestIn(
  texts: ReadonlyMap<string, string>,
  folder: string,
): Record<string, unknown> | null {
  const text = texts.get(within(folder, 'package.json'))
  if (text === undefined) return null
  try {
    const value: unknown = JSON.parse(text)
    return isTable(value) ? value : null
  } catch {
    return null
  }
}

/** Folders of a workspace, its root first, by the patterns that its `package.json` lists. */
export function workspaceFolders(texts: ReadonlyMap<string, string>, folder: string): string[] {
  const root = manifestIn(texts, folder)
  const listed = fieldOf(root, 'workspaces')
  const patterns = (Array.isArray(listed) ? listed : listOf(listed, 'packages')).flatMap((one) =>
    typeof one === 'string' ? [within(folder, one)] : [],
  )
  const matchers = patterns.map(
    (one) =>
      new RegExp(
        `^${one
          .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
          .replace(/\*\*?/g, (stars) => (stars === '*' ? '[^/]+' : '.+'))}$`,
      ),
  )
  const members = [...texts.keys()]
    .filter((path) => path.endsWith('/package.json'))
    .map((path) => path.slice(0, -'/package.json'.length))
    .filter((path) => matchers.some((matcher) => matcher.test(path)))
  return [folder, ...members.toSorted()]
}

/** Name and version that a manifest gives its project. */
export const identityOf = (manifest: unknown) => ({
  name: textOf(manifest, 'name'),
  version: textOf(manifest, 'version'),
})
