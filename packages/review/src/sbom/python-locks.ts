import { parse as parseToml } from 'smol-toml'
import { fieldOf, fieldsOf, isTable, listOf, textOf } from './fields.ts'
import { namedHash } from './hashes.ts'
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
import { pythonName, pythonProject } from './python-names.ts'

/** One release has many files; each has its own hash. */
function filesOf(list: readonly unknown[]): NonNullable<LockedPackage['files']> {
  return list.flatMap((one) => {
    const hash = namedHash(textOf(one, 'hash') ?? '')
    const url = textOf(one, 'url') ?? textOf(one, 'file')
    return hash === null || url === null ? [] : [{ url: url.replace(/\?.*$/, ''), hash }]
  })
}
const packagesIn = (value: unknown) => listOf(value, 'package').filter(isTable)
const keysOf = (edges: readonly Edge[]): Edge[] => [...new Map(edges.map((one) => [one.to, one])).values()]

/** Reads `poetry.lock`. */
export function readPoetryLock(text: string, context: LockContext): Locked {
  const value: unknown = parseToml(text)
  const old = fieldOf(fieldOf(value, 'metadata'), 'files')
  const byName = new Map<string, string[]>()
  const entries = packagesIn(value).map((entry) => {
    const name = textOf(entry, 'name') ?? ''
    const version = textOf(entry, 'version') ?? ''
    const key = `${pythonName(name)}@${version}`
    byName.set(pythonName(name), [...(byName.get(pythonName(name)) ?? []), key])
    return { entry, name, version, key }
  })
  const edgesTo = (name: string, scope: Scope): Edge[] =>
    (byName.get(pythonName(name)) ?? []).map((to) => ({ to, scope }))
  const packages = new Map<string, LockedPackage>()
  for (const { entry, name, version, key } of entries) {
    const groups = listOf(entry, 'groups')
    const dev = groups.length > 0 ? !groups.includes('main') : textOf(entry, 'category') === 'dev'
    const source = fieldOf(entry, 'source')
    const git = textOf(source, 'type') === 'git'
    const url = textOf(source, 'url')
    packages.set(key, {
      name,
      version,
      hashes: [],
      files: filesOf([...listOf(entry, 'files'), ...listOf(old, name)]),
      licenses: [],
      ...originOf(
        git
          ? `git+${url}#${textOf(source, 'resolved_reference') ?? ''}`
          : textOf(source, 'type') === 'url'
            ? url
            : null,
      ),
      scope: dev ? 'dev' : fieldOf(entry, 'optional') === true ? 'optional' : null,
      edges: fieldsOf(fieldOf(entry, 'dependencies')).flatMap(([one, about]) =>
        edgesTo(one, fieldOf(about, 'optional') === true ? 'optional' : 'required'),
      ),
      mark: `name = "${name}"`,
    })
  }
  const project = pythonProject(context)
  const edges = [...(project?.wanted ?? [])].flatMap(([name, scope]) => edgesTo(name, scope))
  const { name = null, version = null } = project ?? {}
  return { packages, projects: [{ folder: context.folder, name, version, edges }], unpinned: [] }
}

/** Reads `uv.lock`. */
export function readUvLock(text: string, { folder }: LockContext): Locked {
  const value: unknown = parseToml(text)
  const byName = new Map<string, { key: string; version: string }[]>()
  const entries = packagesIn(value).map((entry) => {
    const name = textOf(entry, 'name') ?? ''
    const version = textOf(entry, 'version') ?? ''
    const source = fieldOf(entry, 'source')
    const place = ['editable', 'virtual', 'directory']
      .map((one) => textOf(source, one))
      .find((one) => one !== null)
    const key =
      typeof place === 'string' ? projectKey(within(folder, place)) : `${pythonName(name)}@${version}`
    byName.set(pythonName(name), [...(byName.get(pythonName(name)) ?? []), { key, version }])
    return { entry, name, version, source, place, key }
  })
  const edgesOf = (list: readonly unknown[], scope: Scope): Edge[] =>
    list.flatMap((one) => {
      const known = byName.get(pythonName(textOf(one, 'name') ?? '')) ?? []
      const version = textOf(one, 'version')
      return known
        .filter((other) => version === null || other.version === version)
        .map(({ key: to }) => ({ to, scope }))
    })
  const tables = (entry: unknown, name: string, scope: Scope) =>
    fieldsOf(fieldOf(entry, name)).flatMap(([, list]) => (Array.isArray(list) ? edgesOf(list, scope) : []))
  const packages = new Map<string, LockedPackage>()
  const projects: Locked['projects'] = []
  for (const { entry, name, version, source, place, key } of entries) {
    const edges = keysOf([
      ...tables(entry, 'dev-dependencies', 'dev'),
      ...tables(entry, 'optional-dependencies', 'optional'),
      ...edgesOf(listOf(entry, 'dependencies'), 'required'),
    ])
    if (typeof place === 'string') {
      projects.push({ folder: within(folder, place), name, version: version || null, edges })
      continue
    }
    const git = textOf(source, 'git')
    packages.set(key, {
      name,
      version,
      hashes: [],
      files: filesOf([fieldOf(entry, 'sdist'), ...listOf(entry, 'wheels')]),
      licenses: [],
      ...originOf(git === null ? textOf(source, 'url') : `git+${git}`),
      scope: null,
      edges,
      mark: `name = "${name}"\nversion = "${version}"`,
    })
  }
  return { packages, projects, unpinned: [] }
}

const flat = (
  name: string,
  version: string,
  scope: Scope,
  hashes: readonly string[],
  mark: string,
  source: string | null,
): LockedPackage => ({
  name,
  version,
  hashes: [],
  files: hashes.flatMap((one) => {
    const hash = namedHash(one)
    return hash === null ? [] : [{ url: `${name}-${version}`, hash }]
  }),
  licenses: [],
  ...originOf(source),
  scope,
  edges: [],
  mark,
})
const projectOf = (packages: ReadonlyMap<string, LockedPackage>, folder: string): Locked['projects'] => [
  {
    folder,
    name: null,
    version: null,
    edges: [...packages].map(([to, { scope }]) => ({ to, scope: scope ?? 'required' })),
  },
]

/** Reads `Pipfile.lock`, which does not say who needs what. */
export function readPipfileLock(text: string, { folder }: LockContext): Locked {
  const value: unknown = JSON.parse(text)
  if (!isTable(fieldOf(value, '_meta'))) throw new Error('it has no "_meta"')
  const packages = new Map<string, LockedPackage>()
  const unpinned: string[] = []
  for (const [section, scope] of [
    ['default', 'required'],
    ['develop', 'dev'],
  ] as const)
    for (const [name, about] of fieldsOf(fieldOf(value, section))) {
      const git = textOf(about, 'git')
      const version = textOf(about, 'version')?.replace(/^===?/, '') ?? textOf(about, 'ref')
      const key = pythonName(name)
      if (version === null) unpinned.push(name)
      else if (!packages.has(key)) {
        const hashes = listOf(about, 'hashes').filter((one) => typeof one === 'string')
        const source = git === null ? null : `git+${git}#${version}`
        packages.set(key, flat(name, version, scope, hashes, `${JSON.stringify(name)}: {`, source))
      }
    }
  return { packages, projects: projectOf(packages, folder), unpinned }
}

/** Reads a requirements file: what is pinned with `==` counts, the rest is listed as not pinned. */
export function readRequirements(text: string, { path, folder }: LockContext): Locked {
  const packages = new Map<string, LockedPackage>()
  const unpinned: string[] = []
  const scope: Scope = /dev|test|lint|doc/i.test(path.slice(path.lastIndexOf('/') + 1)) ? 'dev' : 'required'
  for (const line of text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const plain = line.replace(/(?:^|\s)#.*$/, '').trim()
    if (plain === '' || /^-(?!e\b)/.test(plain)) continue
    const hashes = [...plain.matchAll(/--hash[= ](\S+)/g)].map(([, hash = '']) => hash)
    const [, name, version] =
      /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*===?\s*([^\s;,*]+)(?=\s|;|$)/.exec(plain) ?? []
    const [, named, url] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*@\s*(\S+)/.exec(plain) ?? []
    const mark = line.trim().slice(0, 60).trimEnd()
    if (name !== undefined && version !== undefined)
      packages.set(pythonName(name), flat(name, version, scope, hashes, mark.split(/\s/)[0] ?? mark, null))
    else if (named !== undefined && url !== undefined && /^git\+.+@[0-9a-f]{7,40}(?:#|$)/.test(url))
      packages.set(
        pythonName(named),
        flat(
          named,
          /@([0-9a-f]{7,40})(?:#|$)/.exec(url)?.[1] ?? '',
          scope,
          hashes,
          mark,
          url.replace(/#.*$/, ''),
        ),
      )
    else unpinned.push(plain.replace(/\s.*$/, '').slice(0, 80))
  }
  return { packages, projects: projectOf(packages, folder), unpinned }
}
