import { fieldOf, fieldsOf, isTable, textOf } from './fields.ts'
import { integrityHashes } from './hashes.ts'
import {
  projectKey,
  within,
  type Edge,
  type LockContext,
  type Locked,
  type LockedPackage,
} from './locked-package.ts'
import { identityOf, manifestIn, wantedOf } from './npm-manifest.ts'
import { originOf } from './origin-of.ts'

const FOLDER = 'node_modules/'

/** Reads `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3. */
export function readNpmLock(text: string, context: LockContext): Locked {
  const value: unknown = JSON.parse(text)
  if (!isTable(value)) throw new Error('it is not a JSON object')
  const packages = fieldOf(value, 'packages')
  if (isTable(packages)) return readPackages(new Map(Object.entries(packages)), context)
  if (!isTable(fieldOf(value, 'dependencies')) && textOf(value, 'name') === null)
    throw new Error('it has neither "packages" nor "dependencies"')
  const flat = new Map<string, unknown>([
    ['', manifestIn(context.texts, context.folder) ?? identityOf(value)],
  ])
  flatten(fieldOf(value, 'dependencies'), '', flat)
  return readPackages(flat, context)
}

/** Version 1 nests what the later ones write as paths. */
function flatten(dependencies: unknown, above: string, into: Map<string, unknown>): void {
  for (const [name, entry] of fieldsOf(dependencies)) {
    const path = `${above === '' ? '' : `${above}/`}${FOLDER}${name}`
    const version = textOf(entry, 'version') ?? ''
    const [, alias, aliased] = /^npm:(.+)@([^@]+)$/.exec(version) ?? []
    const foreign = /^[\w.+-]+:/.test(version) && alias === undefined
    into.set(path, {
      ...(isTable(entry) ? entry : {}),
      version: aliased ?? (foreign ? (/#(.+)$/.exec(version)?.[1] ?? '') : version),
      ...(foreign ? { resolved: version } : {}),
      ...(alias === undefined ? {} : { name: alias }),
      dependencies: fieldOf(entry, 'requires'),
      marked: `"${name}": {`,
    })
    flatten(fieldOf(entry, 'dependencies'), path, into)
  }
}

function readPackages(entries: ReadonlyMap<string, unknown>, { folder }: LockContext): Locked {
  const packages = new Map<string, LockedPackage>()
  const projects: Locked['projects'] = []
  const isProject = (path: string) => !`/${path}`.includes(`/${FOLDER}`)
  const target = (path: string): string => {
    const entry = entries.get(path)
    const link = fieldOf(entry, 'link') === true ? textOf(entry, 'resolved') : null
    const real = link !== null && entries.has(link) ? link : path
    return isProject(real) ? projectKey(within(folder, real)) : real
  }
  const edgesOf = (path: string, entry: unknown): Edge[] =>
    wantedOf(entry, { dev: isProject(path) }).flatMap(({ name, scope }) => {
      const found = resolve(entries, path, name)
      return found === null ? [] : [{ to: target(found), scope }]
    })
  for (const [path, entry] of entries) {
    if (!isTable(entry)) throw new Error(`the entry ${JSON.stringify(path)} is not an object`)
    if (isProject(path)) {
      projects.push({ folder: within(folder, path), ...identityOf(entry), edges: edgesOf(path, entry) })
      continue
    }
    if (fieldOf(entry, 'link') === true) continue
    const resolved = textOf(entry, 'resolved')
    const license = fieldOf(entry, 'license')
    packages.set(path, {
      name: textOf(entry, 'name') ?? path.slice(path.lastIndexOf(FOLDER) + FOLDER.length),
      version: textOf(entry, 'version') ?? '',
      hashes: integrityHashes(textOf(entry, 'integrity')),
      licenses: typeof license === 'string' ? [license] : [],
      ...originOf(resolved),
      scope: flagged(entry),
      edges: edgesOf(path, entry),
      mark: textOf(entry, 'marked') ?? `${JSON.stringify(path)}:`,
    })
  }
  return { packages, projects, unpinned: [] }
}

function flagged(entry: unknown): LockedPackage['scope'] {
  if (fieldOf(entry, 'dev') === true) return 'dev'
  return ['optional', 'devOptional'].some((flag) => fieldOf(entry, flag) === true) ? 'optional' : null
}

/** The folder that Node would load `name` from, seen from `path`. */
function resolve(entries: ReadonlyMap<string, unknown>, path: string, name: string): string | null {
  for (let at = path; ;) {
    const candidate = `${at === '' ? '' : `${at}/`}${FOLDER}${name}`
    if (entries.has(candidate)) return candidate
    if (at === '') return null
    const cut = `/${at}`.lastIndexOf(`/${FOLDER}`)
    at = at.slice(0, Math.max(0, cut === -1 ? at.lastIndexOf('/') : cut - 1))
  }
}
