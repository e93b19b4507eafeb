import { parse as parseYaml } from 'yaml'
import { fieldOf, fieldsOf, isTable, textOf } from './fields.ts'
import { integrityHashes } from './hashes.ts'
import {
  projectKey,
  within,
  type Edge,
  type LockContext,
  type Locked,
  type LockedPackage,
  type Scope,
} from './locked-package.ts'
import { identityOf, manifestIn } from './npm-manifest.ts'
import { originOf } from './origin-of.ts'

const TABLES: readonly (readonly [string, Scope])[] = [
  ['devDependencies', 'dev'],
  ['dependencies', 'required'],
  ['optionalDependencies', 'optional'],
]
const bare = (key: string) => key.replace(/\(.*$/, '').replace(/^\//, '')

/** Name and version in a key: `/a/1.0.0_peer` of version 5, `/a@1.0.0(peer)` of 6, `a@1.0.0(peer)` of 9. */
function splitKey(key: string): { name: string; version: string } {
  const plain = bare(key)
  const old = /^((?:@[^/]+\/)?[^/@]+)\/([^/_]+)(?:_.*)?$/.exec(plain)
  if (key.startsWith('/') && old?.[1] !== undefined) return { name: old[1], version: old[2] ?? '' }
  const at = plain.indexOf('@', 1)
  return at === -1 ? { name: plain, version: '' } : { name: plain.slice(0, at), version: plain.slice(at + 1) }
}

/** Reads `pnpm-lock.yaml`, versions 5 to 9. */
export function readPnpmLock(text: string, { texts, folder }: LockContext): Locked {
  const value: unknown = parseYaml(text, { maxAliasCount: 0 })
  if (!isTable(value) || !['string', 'number'].includes(typeof fieldOf(value, 'lockfileVersion')))
    throw new Error('it has no lockfileVersion')
  const snapshots = fieldOf(value, 'snapshots')
  const described = new Map(fieldsOf(fieldOf(value, 'packages')))
  const entries = isTable(snapshots) ? new Map(Object.entries(snapshots)) : described
  const keyOf = (name: string, version: string, from: string): string | null => {
    if (/^(?:link|workspace):/.test(version)) return projectKey(within(from, version.replace(/^\w+:/, '')))
    const candidates = [
      `${name}@${version}`,
      `/${name}@${version}`,
      `/${name}/${version}`,
      version,
      `/${version}`,
    ]
    return candidates.find((one) => entries.has(one)) ?? null
  }
  const edges = (table: unknown, from: string, tables = TABLES): Edge[] =>
    tables.flatMap(([field, scope]) =>
      fieldsOf(fieldOf(table, field)).flatMap(([name, wanted]) => {
        const version = typeof wanted === 'string' ? wanted : (textOf(wanted, 'version') ?? '')
        const to = keyOf(name, version, from)
        return to === null ? [] : [{ to, scope }]
      }),
    )
  const packages = new Map<string, LockedPackage>()
  for (const [key, entry] of entries) {
    const about = isTable(snapshots) ? described.get(bare(key)) : entry
    const resolution = fieldOf(about, 'resolution')
    const { name, version } = splitKey(key)
    const repo = textOf(resolution, 'repo')
    const foreign = /^[\w.+-]+[:/]/.test(version)
    packages.set(key, {
      name: textOf(about, 'name') ?? name,
      version: textOf(about, 'version') ?? (foreign ? (textOf(resolution, 'commit') ?? '') : version),
      hashes: integrityHashes(textOf(resolution, 'integrity')),
      licenses: [],
      ...originOf(
        repo === null
          ? textOf(resolution, 'tarball')
          : `git+${repo.replace(/^git\+/, '')}#${textOf(resolution, 'commit') ?? ''}`,
      ),
      scope: fieldOf(entry, 'dev') === true ? 'dev' : fieldOf(entry, 'optional') === true ? 'optional' : null,
      edges: edges(entry, folder, TABLES.slice(1)),
      mark: isTable(snapshots) ? bare(key) : key,
    })
  }
  const importers = fieldOf(value, 'importers')
  const listed = isTable(importers) ? Object.entries(importers) : [['.', value] as const]
  const projects = listed.map(([place, table]) => {
    const at = within(folder, place)
    return { folder: at, ...identityOf(manifestIn(texts, at)), edges: edges(table, at) }
  })
  return { packages, projects, unpinned: [] }
}
