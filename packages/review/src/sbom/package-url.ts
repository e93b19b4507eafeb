import type { Ecosystem, LockedPackage } from './locked-package.ts'

const TYPES: Readonly<Record<Ecosystem, string>> = {
  npm: 'npm',
  PyPI: 'pypi',
  Go: 'golang',
  'crates.io': 'cargo',
  RubyGems: 'gem',
  Packagist: 'composer',
}
const encode = (text: string) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':')

/** The package URL (https://github.com/package-url/purl-spec) of a package. */
export function packageUrl(ecosystem: Ecosystem, { name, version, origin }: LockedPackage): string {
  const normal =
    ecosystem === 'PyPI'
      ? name.toLowerCase().replaceAll('_', '-')
      : ['npm', 'Go', 'Packagist'].includes(ecosystem)
        ? name.toLowerCase()
        : name
  const path = normal.split('/').map(encode).join('/')
  const qualifiers = Object.entries(origin ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`)
  return `pkg:${TYPES[ecosystem]}/${path}${version === '' ? '' : `@${encode(version)}`}${qualifiers.length === 0 ? '' : `?${qualifiers.join('&')}`}`
}
