import {
  projectKey,
  within,
  type Edge,
  type LockContext,
  type Locked,
  type LockedPackage,
} from './locked-package.ts'

/** Directives of a `go.mod`, blocks unfolded, without comments other than `// indirect`. */
function* directives(text: string): Iterable<{ verb: string; words: string[]; indirect: boolean }> {
  let block: string | null = null
  for (const raw of text.split(/\r?\n/)) {
    const [code = '', comment = ''] = raw.split('//', 2)
    const words = code
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map((one) => one.replace(/^"(.*)"$/, '$1'))
    if (words.length === 0) continue
    if (block !== null) {
      if (words[0] === ')') block = null
      else yield { verb: block, words, indirect: /^\s*indirect\b/.test(comment) }
    } else if (words.at(-1) === '(') block = words[0] ?? ''
    else yield { verb: words[0] ?? '', words: words.slice(1), indirect: /^\s*indirect\b/.test(comment) }
  }
}

/** Reads `go.mod`, which names every module of the build since Go 1.17, and before that the modules of `go.sum` as well. */
export function readGoMod(text: string, { folder, texts }: LockContext): Locked {
  const packages = new Map<string, LockedPackage>()
  const edges: Edge[] = []
  const indirects: string[] = []
  const replaced = new Map<string, string[]>()
  let module: string | null = null
  let minor = 0
  const all = [...directives(text)]
  for (const { verb, words } of all) {
    if (verb === 'module') module = words[0] ?? null
    if (verb === 'go')
      minor = Number(/^1\.(\d+)/.exec(words[0] ?? '')?.[1] ?? (/^[2-9]/.test(words[0] ?? '') ? 99 : 0))
    const arrow = words.indexOf('=>')
    if (verb === 'replace' && arrow > 0) replaced.set(words.slice(0, arrow).join(' '), words.slice(arrow + 1))
  }
  if (module === null) throw new Error('it has no module line')
  const add = (path: string, version: string, indirect: boolean) => {
    const [to = path, at] = replaced.get(`${path} ${version}`) ?? replaced.get(path) ?? [path, version]
    if (at === undefined) {
      edges.push({ to: projectKey(within(folder, to)), scope: 'required' })
      return
    }
    packages.set(to, {
      name: to,
      version: at,
      hashes: [],
      licenses: [],
      scope: 'required',
      edges: [],
      mark: path,
    })
    if (indirect) indirects.push(to)
    else edges.push({ to, scope: 'required' })
  }
  for (const { verb, words, indirect } of all) {
    const [path, version] = words
    if (verb === 'require' && path !== undefined && version !== undefined) add(path, version, indirect)
  }
  if (minor < 17)
    for (const [, path = '', version = ''] of (texts.get(within(folder, 'go.sum')) ?? '').matchAll(
      /^(\S+) (v\S+?) h1:\S+$/gm,
    )) {
      const known = packages.get(path)
      const named = all.some(({ verb, words }) => verb === 'require' && words[0] === path)
      if (!named && (known === undefined || newer(version, known.version))) add(path, version, true)
    }
  return { packages, projects: [{ folder, name: module, version: null, edges }], unpinned: [] }
}

const newer = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true }) > 0
