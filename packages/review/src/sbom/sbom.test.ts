import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseLockfiles } from './read-lockfiles.ts'
import { toCycloneDx } from './to-cyclonedx.ts'

const options = { name: 'fallback', version: '1', timestamp: null }
const bomOf = (texts: Record<string, string>) =>
  toCycloneDx(parseLockfiles(new Map(Object.entries(texts))), options)
interface Component {
  type: string
  name: string
  purl?: string
  scope?: string
  hashes?: { alg: string; content: string }[]
}
// The document is made above; its form is what is tested.
const componentsOf = (texts: Record<string, string>) =>
  (bomOf(texts)['components'] as unknown as Component[]).filter(({ type }) => type === 'library')
const purls = (texts: Record<string, string>) => componentsOf(texts).map(({ purl }) => purl)

const LOCKS: Record<string, [string, string[]]> = {
  'package-lock.json': [
    JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { name: 'app', dependencies: { '@s/a': '1' }, devDependencies: { b: '1' } },
        'node_modules/@s/a': {
          version: '1.0.0',
          integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
        },
        'node_modules/b': { version: '2.0.0', dev: true },
      },
    }),
    ['pkg:npm/%40s/a@1.0.0', 'pkg:npm/b@2.0.0'],
  ],
  'yarn.lock': [
    '# yarn lockfile v1\n\n\n"@s/a@^1.0.0":\n  version "1.2.0"\n  dependencies:\n    b "^2"\n\nb@^2:\n  version "2.1.0"\n',
    ['pkg:npm/%40s/a@1.2.0', 'pkg:npm/b@2.1.0'],
  ],
  'pnpm-lock.yaml': [
    "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0\npackages:\n  a@1.0.0:\n    resolution: {integrity: sha512-AQ==}\n  '@s/b@2.0.0':\n    resolution: {integrity: sha512-AQ==}\nsnapshots:\n  a@1.0.0:\n    dependencies:\n      '@s/b': 2.0.0\n  '@s/b@2.0.0': {}\n",
    ['pkg:npm/%40s/b@2.0.0', 'pkg:npm/a@1.0.0'],
  ],
  'requirements.txt': ['Flask_Login==0.6.3 # why\nother>=1\n-r more.txt\n', ['pkg:pypi/flask-login@0.6.3']],
  'poetry.lock': [
    '[[package]]\nname = "idna"\nversion = "3.6"\n\n[metadata]\nlock-version = "2.0"\n',
    ['pkg:pypi/idna@3.6'],
  ],
  'uv.lock': [
    'version = 1\n\n[[package]]\nname = "idna"\nversion = "3.7"\nsource = { registry = "https://pypi.org/simple" }\n',
    ['pkg:pypi/idna@3.7'],
  ],
  'Cargo.lock': [
    'version = 3\n\n[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = ["itoa"]\n\n[[package]]\nname = "itoa"\nversion = "1.0.1"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "1aab8fc367588b89dcee83ab0fd66b72b50b72fa1904d7095045ace2b0c81c35"\n',
    ['pkg:cargo/itoa@1.0.1'],
  ],
  'go.mod': [
    'module x.y/z\n\ngo 1.21\n\nrequire (\n\tgithub.com/a/b v1.2.3\n\tgithub.com/c/d/v2 v2.0.0 // indirect\n)\n',
    ['pkg:golang/github.com/a/b@v1.2.3', 'pkg:golang/github.com/c/d/v2@v2.0.0'],
  ],
  'Gemfile.lock': [
    'GEM\n  remote: https://rubygems.org/\n  specs:\n    rack (2.2.8)\n    sinatra (3.1.0)\n      rack (~> 2.2)\n\nDEPENDENCIES\n  sinatra\n',
    ['pkg:gem/rack@2.2.8', 'pkg:gem/sinatra@3.1.0'],
  ],
  'composer.lock': [
    JSON.stringify({ packages: [{ name: 'psr/log', version: 'v3.0.0' }], 'packages-dev': [] }),
    ['pkg:composer/psr/log@v3.0.0'],
  ],
}

test.each(Object.entries(LOCKS))('%s', (path, [text, expected]) => {
  expect(purls({ [path]: text })).toEqual(expected)
})

test('scopes, hashes in hex, and the name of the project', () => {
  const [text] = LOCKS['package-lock.json'] ?? ['']
  const components = componentsOf({ 'package-lock.json': text })
  expect(components.map(({ scope }) => scope)).toEqual(['required', 'excluded'])
  expect(components[0]?.hashes).toEqual([{ alg: 'SHA-512', content: '01'.repeat(64) }])
  expect(JSON.stringify(bomOf({ 'package-lock.json': text })['metadata'])).toContain('"name":"app"')
})

test('the same lock files give the same bytes, in whatever order they are found; every reference exists', () => {
  const all = Object.entries(LOCKS).map(([path, [text]]): [string, string] => [path, text])
  const first = JSON.stringify(bomOf(Object.fromEntries(all)))
  expect(JSON.stringify(bomOf(Object.fromEntries(all.toReversed())))).toBe(first)
  const bom = JSON.parse(first) as {
    metadata: { component: { 'bom-ref': string } }
    components: { 'bom-ref': string }[]
    dependencies: { ref: string; dependsOn?: string[] }[]
  }
  const refs = [bom.metadata.component, ...bom.components].map((one) => one['bom-ref'])
  expect(new Set(refs).size).toBe(refs.length)
  for (const { ref, dependsOn = [] } of bom.dependencies)
    for (const one of [ref, ...dependsOn]) expect(refs).toContain(one)
})

test('a damaged lock file is a problem with a reason, and the others are read', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(LOCKS)),
      fc.nat(400),
      fc.string({ maxLength: 8 }),
      (path, at, junk) => {
        const [text = ''] = LOCKS[path] ?? []
        const broken = `${text.slice(0, at)}${junk}${text.slice(at + 3)}`
        const { files, problems } = parseLockfiles(
          new Map([
            [`bad/${path}`, broken],
            ['good/Cargo.lock', LOCKS['Cargo.lock']?.[0] ?? ''],
          ]),
        )
        expect(files.some((file) => file.path === 'good/Cargo.lock')).toBe(true)
        for (const { why, todo } of problems) expect([why, todo].every((one) => one !== '')).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})

test('this repository: each package of its lock file once, and a development tool is excluded', () => {
  const text = readFileSync(new URL('../../../../package-lock.json', import.meta.url), 'utf8')
  const components = componentsOf({ 'package-lock.json': text })
  const purlsOf = components.map(({ purl }) => purl)
  expect(new Set(purlsOf).size).toBe(purlsOf.length)
  expect(components.find(({ name }) => name === 'vitest')?.scope).toBe('excluded')
  expect(components.find(({ name }) => name === 'zod')?.scope).toBe('required')
})
