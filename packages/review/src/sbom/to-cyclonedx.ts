import type { Json } from '@cairn/journal'
import { createHash } from 'node:crypto'
import { licenseOf } from './license-of.ts'
import { lineFinder } from './line-finder.ts'
import { projectKey, type Ecosystem, type Hash, type LockedPackage, type Scope } from './locked-package.ts'
import { packageUrl } from './package-url.ts'
import type { Lockfiles } from './read-lockfiles.ts'
import { resolveScopes } from './resolve-scopes.ts'

interface Part {
  ecosystem: Ecosystem
  package: LockedPackage
  scope: Scope
  hashes: Map<string, Hash>
  files: Map<string, { url: string; hash: Hash }>
  licenses: Set<string>
  places: Map<string, number>
}
const RANK: readonly Scope[] = ['required', 'optional', 'dev']
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  [...map].toSorted(([a], [b]) => byText(a, b))

/** Options of a bill of materials. `name`: what the project is called where no manifest says it. `timestamp`: RFC 3339, or null for none. */
export interface BomOptions {
  name: string
  version: string
  timestamp: string | null
}

/**
 * What the lock files pin as a CycloneDX 1.6 document (https://cyclonedx.org/docs/1.6/json/). The same lock files give the same bytes;
 * the serial number is made from the content.
 */
export function toCycloneDx({ files, problems }: Lockfiles, options: BomOptions): { [key: string]: Json } {
  const parts = new Map<string, Part>()
  const edges = new Map<string, Set<string>>()
  const projects = new Map<string, { name: string | null; version: string | null }>()
  const edge = (from: string, to?: string) => {
    const known = edges.get(from) ?? new Set()
    if (to !== undefined && to !== from) known.add(to)
    edges.set(from, known)
  }
  const rootKey = projectKey('')
  for (const file of files) {
    const scopes = resolveScopes(file)
    const line = lineFinder(file.text)
    const refs = new Map<string, string>()
    for (const [key, one] of file.packages) refs.set(key, packageUrl(file.ecosystem, one))
    for (const [key, one] of file.packages) {
      const ref = refs.get(key) ?? ''
      const part = parts.get(ref) ?? {
        ecosystem: file.ecosystem,
        package: one,
        scope: 'dev',
        hashes: new Map(),
        files: new Map(),
        licenses: new Set(),
        places: new Map(),
      }
      const scope = scopes.get(key) ?? 'required'
      if (RANK.indexOf(scope) < RANK.indexOf(part.scope)) part.scope = scope
      for (const hash of one.hashes) part.hashes.set(`${hash.alg} ${hash.content}`, hash)
      for (const dist of one.files ?? []) part.files.set(`${dist.url} ${dist.hash.content}`, dist)
      for (const license of one.licenses) part.licenses.add(license)
      if (!part.places.has(file.path)) part.places.set(file.path, line(one.mark))
      parts.set(ref, part)
      edge(ref)
      for (const { to } of one.edges) edge(ref, refs.get(to) ?? (to.startsWith('project:') ? to : undefined))
    }
    for (const { folder, name, version, edges: needs } of file.projects) {
      const key = projectKey(folder)
      const known = projects.get(key)
      projects.set(key, {
        name: known?.name ?? name,
        version: known?.version ?? version,
      })
      edge(key)
      if (key !== rootKey) edge(rootKey, key)
      for (const { to } of needs) edge(key, refs.get(to) ?? (to.startsWith('project:') ? to : undefined))
    }
  }
  edge(rootKey)
  const known = new Set([rootKey, ...parts.keys(), ...projects.keys()])
  const named = (key: string) => ({
    name: projects.get(key)?.name ?? (key === rootKey ? options.name : key.slice(rootKey.length)),
    version: projects.get(key)?.version ?? null,
  })
  const members = sorted(projects).filter(([key]) => key !== rootKey)
  const open = [
    ...problems.map(({ path }) => `${path}: not read`),
    ...files.flatMap(({ path, unpinned }) => unpinned.map((one) => `${path}: ${one} is not pinned`)),
  ].toSorted()
  const body = {
    component: { type: 'application', 'bom-ref': rootKey, ...identity(named(rootKey)) },
    components: [
      ...members.map(([key]) => ({ type: 'application', 'bom-ref': key, ...identity(named(key)) })),
      ...sorted(parts).map(([ref, part]) => componentOf(ref, part)),
    ],
    dependencies: sorted(edges)
      .filter(([ref]) => known.has(ref))
      .map(([ref, to]) => {
        const dependsOn = [...to].filter((one) => known.has(one)).toSorted(byText)
        return { ref, ...(dependsOn.length === 0 ? {} : { dependsOn }) }
      }),
    ...(open.length === 0
      ? {}
      : {
          compositions: [{ aggregate: 'incomplete', assemblies: [rootKey] }],
          properties: open.map((value) => ({ name: 'cairn:open', value })),
        }),
  }
  const { component, ...rest } = body
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${contentUuid(JSON.stringify(body))}`,
    version: 1,
    metadata: {
      ...(options.timestamp === null ? {} : { timestamp: options.timestamp }),
      tools: { components: [{ type: 'application', name: 'cairn', version: options.version }] },
      component,
    },
    ...rest,
  }
}

const identity = ({ name, version }: { name: string; version: string | null }) => ({
  name,
  ...(version === null ? {} : { version }),
})

function componentOf(ref: string, part: Part): { [key: string]: Json } {
  const { name, version } = part.package
  const cut = ['npm', 'Go', 'Packagist'].includes(part.ecosystem) ? name.lastIndexOf('/') : -1
  const licenses = licenseOf([...part.licenses].toSorted(byText))
  return {
    type: 'library',
    'bom-ref': ref,
    ...(cut > 0 ? { group: name.slice(0, cut) } : {}),
    name: name.slice(cut + 1),
    version,
    scope: part.scope === 'dev' ? 'excluded' : part.scope,
    ...(part.hashes.size === 0
      ? {}
      : { hashes: sorted(part.hashes).map(([, { alg, content }]) => ({ alg, content })) }),
    ...(licenses.length === 0 ? {} : { licenses }),
    purl: ref,
    ...(part.files.size === 0
      ? {}
      : {
          externalReferences: sorted(part.files).map(([, { url, hash }]) => ({
            type: 'distribution',
            url: encodeURI(url),
            hashes: [{ alg: hash.alg, content: hash.content }],
          })),
        }),
    evidence: { occurrences: sorted(part.places).map(([location, line]) => ({ location, line })) },
  }
}

/** A UUID of version 8 (RFC 9562) made from a text. */
function contentUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
