import type { Program } from '../audit/engine/program.ts'
import type { Place } from '../audit/finding.ts'
import { outline } from '../audit/structure/outline.ts'
import type { Ecosystem } from '../sbom/locked-package.ts'
import { pythonName } from '../sbom/python-names.ts'

/** Where the sources use packages. */
export interface Uses {
  /** Whether sources of this ecosystem's language were looked at: only then absence says something. */
  isRead(ecosystem: Ecosystem): boolean
  /** The first import of a package; null where none is seen. */
  importOf(ecosystem: Ecosystem, name: string): Place | null
  /** The first call of a function of a package by one of these names. */
  callOf(ecosystem: Ecosystem, name: string, symbols: readonly string[]): Place | null
}

/** Distributions of Python whose modules have another name. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  attrs: ['attr', 'attrs'],
  beautifulsoup4: ['bs4'],
  djangorestframework: ['rest_framework'],
  gitpython: ['git'],
  'google-api-python-client': ['googleapiclient'],
  mysqlclient: ['mysqldb'],
  'opencv-python': ['cv2'],
  pillow: ['pil'],
  protobuf: ['google'],
  'psycopg2-binary': ['psycopg2'],
  pycryptodome: ['crypto'],
  pycryptodomex: ['cryptodome'],
  pyjwt: ['jwt'],
  pyopenssl: ['openssl'],
  pyserial: ['serial'],
  'python-dateutil': ['dateutil'],
  'python-dotenv': ['dotenv'],
  'python-jose': ['jose'],
  'python-ldap': ['ldap'],
  'python-multipart': ['multipart', 'python_multipart'],
  pyyaml: ['yaml'],
  pyzmq: ['zmq'],
  'scikit-learn': ['sklearn'],
  setuptools: ['setuptools', 'pkg_resources'],
}

const npmPackage = (module: string) =>
  module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/')
const keysOf = (ecosystem: Ecosystem, name: string): readonly string[] =>
  ecosystem === 'npm'
    ? [`npm ${name}`]
    : (MODULES[pythonName(name)] ?? [pythonName(name).replaceAll('-', '_')]).map((one) => `PyPI ${one}`)

/** Reads the imports and calls of a program. */
export function findUses(program: Program): Uses {
  const imports = new Map<string, Place>()
  const calls = new Map<string, Place>()
  const languages = new Set<Ecosystem>()
  for (const file of program.files.values()) {
    const outlined = outline(file)
    const ecosystem: Ecosystem = file.language === 'python' ? 'PyPI' : 'npm'
    languages.add(ecosystem)
    const keyOf = (module: string) =>
      ecosystem === 'npm' ? `npm ${npmPackage(module)}` : `PyPI ${(module.split('.')[0] ?? '').toLowerCase()}`
    for (const { module } of outlined.imports.values()) {
      if (module.startsWith('.') || program.resolve(module, file.path) !== null) continue
      const key = keyOf(module)
      if (imports.has(key)) continue
      const at = file.text.indexOf(module)
      imports.set(key, { file: file.path, line: program.line(file.path, Math.max(0, at)), column: 1 })
    }
    for (const { expr, name } of outlined.calls) {
      const place = { file: file.path, line: program.line(file.path, expr.at), column: 1 }
      const symbol = name.split('.').at(-1) ?? ''
      const key = `${keyOf(name.startsWith('@') ? name : (name.split(/[.(]/)[0] ?? ''))} ${symbol}`
      if (!calls.has(key)) calls.set(key, place)
    }
  }
  const first = <T>(keys: readonly string[], map: ReadonlyMap<string, T>): T | null => {
    for (const key of keys) if (map.has(key)) return map.get(key) ?? null
    return null
  }
  return {
    isRead: (ecosystem) => languages.has(ecosystem),
    importOf: (ecosystem, name) => first(keysOf(ecosystem, name), imports),
    callOf: (ecosystem, name, symbols) =>
      first(
        keysOf(ecosystem, name).flatMap((key) => symbols.map((symbol) => `${key} ${symbol}`)),
        calls,
      ),
  }
}
