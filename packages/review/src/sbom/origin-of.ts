import type { LockedPackage } from './locked-package.ts'

const REGISTRIES = /^https?:\/\/(?:registry\.npmjs\.org|registry\.yarnpkg\.com|registry\.npmmirror\.com)\//

/** An address without user, password and query, which may hold secrets. */
function withoutSecrets(url: string): string {
  return url.replace(/^([\w.+-]+:\/\/)[^/@]*@/, '$1').replace(/\?[^#]*/, '')
}

/** What the source of a package adds to its package URL: nothing for the usual registries. */
export function originOf(source: string | null): Pick<LockedPackage, 'origin'> {
  if (source === null || source === '' || REGISTRIES.test(source)) return {}
  const url = withoutSecrets(source)
  const short = /^(github|gitlab|bitbucket):([^#]+)(#.*)?$/.exec(url)
  if (short !== null) {
    const host = short[1] === 'bitbucket' ? 'bitbucket.org' : `${short[1]}.com`
    return { origin: { vcs_url: `git+https://${host}/${short[2]}${short[3]?.replace('#', '@') ?? ''}` } }
  }
  if (/^git[+:@]|^ssh:|\.git(?:#|$)/.test(url))
    return { origin: { vcs_url: `${url.startsWith('git+') ? '' : 'git+'}${url}`.replace('#', '@') } }
  const plain = url.replace(/#.*$/, '')
  // A mirror of a registry serves the same packages under the path of the registry.
  if (/\/-\/[^/]+\.tgz$/.test(plain)) return {}
  return /^https?:/.test(plain) ? { origin: { download_url: plain } } : {}
}
