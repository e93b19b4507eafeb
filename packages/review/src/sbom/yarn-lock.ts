import { parse as parseYaml } from 'yaml'
import { fieldOf, fieldsOf, isTable, textOf } from './fields.ts'
import { hexHash, integrityHashes } from './hashes.ts'
import {
  projectKey,
  within,
  type Edge,
  type LockContext,
  type Locked,
  type LockedPackage,
} from './locked-package.ts'
import { identityOf, manifestIn, wantedOf, workspaceFolders, type Wanted } from './npm-manifest.ts'
import { originOf } from './origin-of.ts'

/** Reads `yarn.lock` of Yarn 1 and of Yarn 2 and later. */
export function readYarnLock(text: string, context: LockContext): Locked {
  return /^__metadata:/m.test(text) ? readBerry(text, context) : readClassic(text, context)
}

interface Block {
  descriptors: string[]
  fields: Map<string, string>
  wanted: Wanted[]
  mark: string
}
const unquote = (text: string) => text.replace(/^"(.*)"$/, '$1')

function classicBlocks(text: string): Block[] {
  const blocks: Block[] = []
  let table = ''
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const depth = (line.length - line.trimStart().length) / 2
    const block = blocks.at(-1)
    if (depth === 0) {
      if (!line.endsWith(':')) throw new Error(`line ${at + 1} is no entry: ${line.slice(0, 60)}`)
      const descriptors = line
        .slice(0, -1)
        .split(/,\s*(?=(?:[^"]*"[^"]*")*[^"]*$)/)
        .map((one) => unquote(one.trim()))
      blocks.push({ descriptors, fields: new Map(), wanted: [], mark: line })
      table = ''
      continue
    }
    if (block === undefined) throw new Error(`line ${at + 1} stands in no entry`)
    const [, key = '', value = ''] = /^\s*("[^"]+"|[^\s:"]+)(?:\s+|:\s*)(.*)$/.exec(line) ?? []
    if (key === '') throw new Error(`line ${at + 1} cannot be read: ${line.slice(0, 60)}`)
    if (depth === 1 && value === '') table = key
    else if (depth === 1) {
      table = ''
      block.fields.set(key, unquote(value))
    } else if (table === 'dependencies' || table === 'optionalDependencies')
      block.wanted.push({
        name: unquote(key),
        range: unquote(value),
        scope: table === 'dependencies' ? 'required' : 'optional',
      })
  }
  return blocks
}

const nameIn = (descriptor: string) => descriptor.slice(0, descriptor.indexOf('@', 1))

function readClassic(text: string, { texts, folder }: LockContext): Locked {
  const blocks = classicBlocks(text)
  const keys = new Map<string, string>()
  for (const block of blocks) for (const one of block.descriptors) keys.set(one, block.mark)
  const folders = workspaceFolders(texts, folder)
  const members = new Map(
    folders.map((one) => [textOf(manifestIn(texts, one), 'name') ?? '', projectKey(one)] as const),
  )
  const edges = (wanted: readonly Wanted[]): Edge[] =>
    wanted.flatMap(({ name, range, scope }) => {
      const to = keys.get(`${name}@${range}`) ?? members.get(name)
      return to === undefined ? [] : [{ to, scope }]
    })
  const packages = new Map<string, LockedPackage>()
  for (const { descriptors, fields, wanted, mark } of blocks) {
    const [first = ''] = descriptors
    const alias = /^[^@]?[^@]*@npm:(@?[^@]+)@/.exec(first)?.[1]
    const version = fields.get('version')
    if (version === undefined) throw new Error(`the entry ${first} has no version`)
    const resolved = fields.get('resolved') ?? null
    const sha1 = hexHash('sha1', /#([0-9a-f]{40})$/.exec(resolved ?? '')?.[1] ?? '')
    const hashes = integrityHashes(fields.get('integrity') ?? null)
    const tarball = /\.tgz(?:#|$)/.test(resolved ?? '')
    packages.set(mark, {
      name: alias ?? nameIn(first),
      version,
      hashes: hashes.length === 0 && sha1 !== null && tarball ? [sha1] : hashes,
      licenses: [],
      ...originOf(resolved),
      scope: null,
      edges: edges(wanted),
      mark,
    })
  }
  const projects = folders.map((one) => {
    const manifest = manifestIn(texts, one)
    return { folder: one, ...identityOf(manifest), edges: edges(wantedOf(manifest, { dev: true })) }
  })
  return { packages, projects, unpinned: [] }
}

function readBerry(text: string, { texts, folder }: LockContext): Locked {
  const value: unknown = parseYaml(text, { maxAliasCount: 0 })
  const entries = fieldsOf(value).filter(([key]) => key !== '__metadata')
  const keys = new Map<string, string>()
  const workspaceOf = (entry: unknown) => /@workspace:(.+)$/.exec(textOf(entry, 'resolution') ?? '')?.[1]
  for (const [key, entry] of entries) {
    if (!isTable(entry)) throw new Error(`the entry ${key} is not a table`)
    const place = workspaceOf(entry)
    for (const one of key.split(/,\s*/))
      keys.set(one, place === undefined ? key : projectKey(within(folder, place)))
  }
  const edges = (wanted: readonly Wanted[], entry: unknown): Edge[] => {
    const meta = fieldOf(entry, 'dependenciesMeta')
    return wanted.flatMap(({ name, range, scope }) => {
      const to = [`${name}@npm:${range}`, `${name}@${range}`, `${name}@workspace:${range}`]
        .map((one) => keys.get(one))
        .find((one) => one !== undefined)
      const optional = fieldOf(fieldOf(meta, name), 'optional') === true && scope === 'required'
      return to === undefined ? [] : [{ to, scope: optional ? 'optional' : scope }]
    })
  }
  const packages = new Map<string, LockedPackage>()
  const projects: Locked['projects'] = []
  for (const [key, entry] of entries) {
    const resolution = textOf(entry, 'resolution') ?? key
    const wanted = wantedOf({ dependencies: fieldOf(entry, 'dependencies') })
    const place = workspaceOf(entry)
    if (place !== undefined) {
      const at = within(folder, place)
      const manifest = manifestIn(texts, at)
      const scopes = new Map(wantedOf(manifest, { dev: true }).map((one) => [one.name, one.scope]))
      const scoped = wanted.map((one) => ({ ...one, scope: scopes.get(one.name) ?? one.scope }))
      projects.push({
        folder: at,
        name: nameIn(resolution),
        version: textOf(manifest, 'version'),
        edges: edges(scoped, entry),
      })
      continue
    }
    const from = resolution.slice(nameIn(resolution).length + 1)
    packages.set(key, {
      name: nameIn(resolution),
      version: textOf(entry, 'version') ?? '',
      // Its checksum is of Yarn's own archive, not of what the registry serves.
      hashes: [],
      licenses: [],
      ...originOf(/^(?:npm|patch|virtual):/.test(from) ? null : from),
      scope: null,
      edges: edges(wanted, entry),
      mark: `${key}`,
    })
  }
  return { packages, projects, unpinned: [] }
}
