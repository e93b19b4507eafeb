import { parse as parseToml } from 'smol-toml'
import { fieldOf, fieldsOf, isTable, listOf, textOf } from './fields.ts'
import { hexHash } from './hashes.ts'
import {
  projectKey,
  within,
  type Edge,
  type LockContext,
  type Locked,
  type LockedPackage,
  type Scope,
} from './locked-package.ts'
import { originOf } from './origin-of.ts'

/** Manifests of a workspace by the name of their package. */
function manifests({
  texts,
  folder,
}: LockContext): Map<string, { folder: string; scopes: Map<string, Scope> }> {
  const found = new Map<string, { folder: string; scopes: Map<string, Scope> }>()
  for (const [path, text] of texts) {
    if (!/(?:^|\/)Cargo\.toml$/.test(path) || (folder !== '' && !path.startsWith(`${folder}/`))) continue
    let value: unknown
    try {
      value = parseToml(text)
    } catch {
      continue
    }
    const name = textOf(fieldOf(value, 'package'), 'name')
    if (name === null) continue
    const scopes = new Map<string, Scope>()
    const tables = [value, ...fieldsOf(fieldOf(value, 'target')).map(([, table]) => table)]
    for (const [field, plain] of [
      ['dev-dependencies', 'dev'],
      ['build-dependencies', 'required'],
      ['dependencies', 'required'],
    ] as const)
      for (const table of tables)
        for (const [key, about] of fieldsOf(fieldOf(table, field)))
          scopes.set(
            textOf(about, 'package') ?? key,
            fieldOf(about, 'optional') === true ? 'optional' : plain,
          )
    found.set(name, { folder: path.slice(0, -'/Cargo.toml'.length), scopes })
  }
  return found
}

/** Reads `Cargo.lock`, versions 1 to 4. A package without a source is one of the workspace. */
export function readCargoLock(text: string, context: LockContext): Locked {
  const value: unknown = parseToml(text)
  const members = manifests(context)
  const sums = fieldOf(value, 'metadata')
  const byName = new Map<string, { key: string; version: string; source: string | null }[]>()
  const entries = [...listOf(value, 'package'), fieldOf(value, 'root')].filter(isTable).map((entry) => {
    const name = textOf(entry, 'name') ?? ''
    const version = textOf(entry, 'version') ?? ''
    const source = textOf(entry, 'source')
    const at = members.get(name)?.folder ?? within(context.folder, name)
    const key = source === null ? projectKey(at) : `${name} ${version} ${source}`
    byName.set(name, [...(byName.get(name) ?? []), { key, version, source }])
    return { entry, name, version, source, key, at }
  })
  const packages = new Map<string, LockedPackage>()
  const projects: Locked['projects'] = []
  for (const { entry, name, version, source, key, at } of entries) {
    const scopes = source === null ? members.get(name)?.scopes : undefined
    const edges = listOf(entry, 'dependencies').flatMap((one): Edge[] => {
      if (typeof one !== 'string') return []
      const [, wanted = '', exact, from] = /^(\S+)(?: (\S+))?(?: \((.+)\))?$/.exec(one) ?? []
      const found = (byName.get(wanted) ?? []).find(
        (other) =>
          (exact === undefined || other.version === exact) && (from === undefined || other.source === from),
      )
      return found === undefined ? [] : [{ to: found.key, scope: scopes?.get(wanted) ?? 'required' }]
    })
    if (source === null) {
      projects.push({ folder: at, name, version, edges })
      continue
    }
    const checksum =
      textOf(entry, 'checksum') ?? textOf(sums, `checksum ${name} ${version} (${source})`) ?? ''
    const hash = hexHash('sha256', checksum)
    packages.set(key, {
      name,
      version,
      hashes: hash === null ? [] : [hash],
      licenses: [],
      ...originOf(source.startsWith('git+') ? source.replace(/\?[^#]*/, '') : null),
      scope: null,
      edges,
      mark: `name = "${name}"\nversion = "${version}"`,
    })
  }
  return { packages, projects, unpinned: [] }
}
