import { fieldOf, fieldsOf, isTable } from './fields.ts'
import { integrityHashes } from './hashes.ts'
import {
  projectKey,
  within,
  type Edge,
  type LockContext,
  type Locked,
  type LockedPackage,
} from './locked-package.ts'
import { identityOf, wantedOf } from './npm-manifest.ts'
import { originOf } from './origin-of.ts'

/** Names in a key such as `a/@s/b/c`. */
const partsOf = (key: string) => key.match(/@[^/]+\/[^/]+|[^/]+/g) ?? []

/** Reads the text form of `bun.lock`: JSON with commas at ends. */
export function readBunLock(text: string, { folder }: LockContext): Locked {
  const json = text.replace(
    /("(?:\\.|[^"\\])*")|\/\/[^\n]*|,(?=\s*[}\]])/g,
    (_, kept: string | undefined) => kept ?? '',
  )
  const value: unknown = JSON.parse(json)
  const listed = fieldOf(value, 'packages')
  if (!isTable(listed)) throw new Error('it has no "packages"')
  const entries = new Map(Object.entries(listed))
  const specOf = (entry: unknown) => (Array.isArray(entry) && typeof entry[0] === 'string' ? entry[0] : '')
  const target = (key: string): string => {
    const place = /@workspace:(.*)$/.exec(specOf(entries.get(key)))?.[1]
    return place === undefined ? key : projectKey(within(folder, place))
  }
  const edges = (from: readonly string[], about: unknown, dev: boolean): Edge[] =>
    wantedOf(about, { dev }).flatMap(({ name, scope }) => {
      for (let depth = from.length; depth >= 0; depth--) {
        const key = [...from.slice(0, depth), name].join('/')
        if (entries.has(key)) return [{ to: target(key), scope }]
      }
      return []
    })
  const packages = new Map<string, LockedPackage>()
  for (const [key, entry] of entries) {
    const spec = specOf(entry)
    if (!Array.isArray(entry) || spec === '') throw new Error(`the entry ${JSON.stringify(key)} is malformed`)
    if (target(key) !== key) continue
    const at = spec.indexOf('@', 1)
    const version = spec.slice(at + 1)
    const foreign = /^[\w.+-]+:/.test(version)
    const last: unknown = entry.at(-1)
    packages.set(key, {
      name: spec.slice(0, at),
      version: foreign ? (/#(.+)$/.exec(version)?.[1] ?? '') : version,
      hashes: integrityHashes(typeof last === 'string' ? last : null),
      licenses: [],
      ...originOf(foreign ? version : null),
      scope: null,
      edges: edges(partsOf(key), entry.find(isTable), false),
      mark: `${JSON.stringify(key)}: [`,
    })
  }
  const projects = fieldsOf(fieldOf(value, 'workspaces')).map(([place, about]) => {
    const { name, version } = identityOf(about)
    return { folder: within(folder, place), name, version, edges: edges([name ?? ''], about, true) }
  })
  return { packages, projects, unpinned: [] }
}
