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

/** Gems that a Gemfile lists in groups for development or test alone. */
function devGems(gemfile: string): Set<string> {
  const found = new Set<string>()
  const groups: boolean[] = []
  const forDev = (words: string) => {
    const names = words.match(/:?\w+/g)?.filter((one) => /^:\w/.test(one)) ?? []
    return names.length > 0 && names.every((one) => /^:(?:development|dev|test|ci|lint)$/.test(one))
  }
  for (const line of gemfile.split(/\r?\n/)) {
    const code = line.replace(/(^|\s)#.*$/, '')
    if (/\bdo\s*(?:\|.*\|)?\s*$/.test(code)) groups.push(/^\s*group\b/.test(code) && forDev(code))
    else if (/^\s*(?:if|unless|case)\b/.test(code)) groups.push(false)
    else if (/^\s*end\b/.test(code)) groups.pop()
    const gem = /^\s*gem\s*\(?\s*['"]([^'"]+)['"](.*)$/.exec(code)
    if (gem?.[1] === undefined) continue
    const own = /\bgroups?:\s*(\[[^\]]*\]|:\w+)|:groups?\s*=>\s*(\[[^\]]*\]|:\w+)/.exec(gem[2] ?? '')
    if (groups.some(Boolean) || (own !== null && forDev(own[1] ?? own[2] ?? ''))) found.add(gem[1])
  }
  return found
}

/** Reads `Gemfile.lock` and, for what is only for development, the `Gemfile` beside it. */
export function readGemLock(text: string, { path, folder, texts }: LockContext): Locked {
  const packages = new Map<string, LockedPackage>()
  const projects: Locked['projects'] = []
  const needs: { from: Edge[]; name: string; scope: Scope }[] = []
  const root: Edge[] = []
  const local = new Map<string, string>()
  const dev = devGems(texts.get(within(folder, path.endsWith('gems.locked') ? 'gems.rb' : 'Gemfile')) ?? '')
  let section = ''
  let remote = ''
  let revision = ''
  let edges: Edge[] = []
  let seen = false
  for (const line of text.split(/\r?\n/)) {
    if (/^[A-Z][A-Z ]+$/.test(line)) {
      section = line
      seen ||= ['GEM', 'GIT', 'PATH', 'DEPENDENCIES'].includes(line)
      remote = revision = ''
      continue
    }
    remote = /^ {2}remote: (.+)$/.exec(line)?.[1] ?? remote
    revision = /^ {2}revision: (.+)$/.exec(line)?.[1] ?? revision
    const [, name, full] = /^ {4}([^\s(]+) \(([^)]+)\)$/.exec(line) ?? []
    const wanted = /^ {6}([^\s(]+)/.exec(line)?.[1]
    const direct = section === 'DEPENDENCIES' ? /^ {2}([^\s!(]+)/.exec(line)?.[1] : undefined
    const sum = section === 'CHECKSUMS' ? /^ {2}(\S+) \(([^)]+)\) sha256=([0-9a-f]{64})/.exec(line) : null
    if (name !== undefined && full !== undefined && ['GEM', 'GIT', 'PATH'].includes(section)) {
      edges = []
      if (section === 'PATH') {
        const at = within(folder, remote)
        local.set(name, projectKey(at))
        projects.push({ folder: at, name, version: full, edges })
        continue
      }
      const known = packages.get(name)
      if (known !== undefined) edges = known.edges
      packages.set(name, {
        name,
        // `1.2.3-x86_64-linux` is the same release for one platform.
        version: full.replace(/-(?:x86|x64|arm|aarch|java|universal|mswin|mingw|darwin|linux).*$/, ''),
        hashes: [],
        licenses: [],
        ...originOf(section === 'GIT' ? `git+${remote}#${revision}` : null),
        scope: null,
        edges,
        mark: `    ${name} (`,
      })
    } else if (wanted !== undefined) needs.push({ from: edges, name: wanted, scope: 'required' })
    else if (direct !== undefined)
      needs.push({ from: root, name: direct, scope: dev.has(direct) ? 'dev' : 'required' })
    else if (sum !== null) {
      const hash = hexHash('sha256', sum[3] ?? '')
      const gem = packages.get(sum[1] ?? '')
      if (gem !== undefined && hash !== null && gem.version === sum[2]) gem.hashes = [hash]
    }
  }
  if (!seen) throw new Error('it has no section GEM, GIT, PATH or DEPENDENCIES')
  for (const { from, name, scope } of needs) {
    const to = packages.has(name) ? name : local.get(name)
    if (to !== undefined && !from.some((one) => one.to === to)) from.push({ to, scope })
  }
  return {
    packages,
    projects: [
      { folder, name: null, version: null, edges: root },
      ...projects.filter((one) => one.folder !== folder),
    ],
    unpinned: [],
  }
}
