import { fieldOf, fieldsOf, isTable, listOf, textOf } from './fields.ts'
import { hexHash } from './hashes.ts'
import { within, type LockContext, type Locked, type LockedPackage } from './locked-package.ts'
import { identityOf, wantedOf } from './npm-manifest.ts'

/** Reads `composer.lock`. */
export function readComposerLock(text: string, { folder, texts }: LockContext): Locked {
  const value: unknown = JSON.parse(text)
  if (!Array.isArray(fieldOf(value, 'packages'))) throw new Error('it has no list "packages"')
  const packages = new Map<string, LockedPackage>()
  for (const [list, scope] of [
    ['packages', 'required'],
    ['packages-dev', 'dev'],
  ] as const)
    for (const entry of listOf(value, list).filter(isTable)) {
      const name = textOf(entry, 'name') ?? ''
      const hash = hexHash('sha1', textOf(fieldOf(entry, 'dist'), 'shasum') ?? '')
      packages.set(name.toLowerCase(), {
        name,
        version: textOf(entry, 'version') ?? '',
        hashes: hash === null ? [] : [hash],
        licenses: listOf(entry, 'license').filter((one) => typeof one === 'string'),
        scope,
        edges: fieldsOf(fieldOf(entry, 'require')).map(([to]) => ({
          to: to.toLowerCase(),
          scope: 'required',
        })),
        mark: `"name": "${name}"`,
      })
    }
  for (const one of packages.values()) one.edges = one.edges.filter(({ to }) => packages.has(to))
  let manifest: unknown = null
  try {
    manifest = JSON.parse(texts.get(within(folder, 'composer.json')) ?? 'null')
  } catch {
    manifest = null
  }
  const wanted = wantedOf(
    { dependencies: fieldOf(manifest, 'require'), devDependencies: fieldOf(manifest, 'require-dev') },
    { dev: true },
  )
  const edges = wanted
    .map(({ name, scope }) => ({ to: name.toLowerCase(), scope }))
    .filter(({ to }) => packages.has(to))
  return { packages, projects: [{ folder, ...identityOf(manifest), edges }], unpinned: [] }
}
