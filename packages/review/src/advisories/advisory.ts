import { pythonName } from '../sbom/python-names.ts'
import type { Ecosystem } from '../sbom/locked-package.ts'

export interface RangeEvent {
  kind: 'introduced' | 'fixed' | 'last_affected' | 'limit'
  version: string
}

/** What is known of one defect in one package. After the OSV schema 1.6 (https://ossf.github.io/osv-schema/). */
export interface Advisory {
  id: string
  aliases: string[]
  ecosystem: Ecosystem
  name: string
  summary: string
  /** RFC 3339. */
  modified: string
  cwes: number[]
  /** A CVSS vector, or a word of the database such as `HIGH`. */
  severity: { vector: string | null; word: string | null }
  ranges: RangeEvent[][]
  versions: string[]
  /** Functions or classes that are defective, where the record names them: last parts of their names. */
  symbols: string[]
}

const ECOSYSTEMS: readonly Ecosystem[] = ['npm', 'PyPI', 'Go', 'crates.io', 'RubyGems', 'Packagist']

/** The name of a package as its registry compares it. */
export const packageName = (ecosystem: Ecosystem, name: string): string =>
  ecosystem === 'PyPI' ? pythonName(name) : ecosystem === 'Packagist' ? name.toLowerCase() : name

type Fields = { [key: string]: unknown }
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const fields = (value: unknown): Fields => (isFields(value) ? value : {})
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const texts = (value: unknown): string[] => list(value).filter((one) => typeof one === 'string')
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const KINDS = ['introduced', 'fixed', 'last_affected', 'limit'] as const

function readRange(value: unknown): RangeEvent[] | null {
  const { type, events } = fields(value)
  // Commits of git say nothing about the version that a lock file names.
  if (type !== 'SEMVER' && type !== 'ECOSYSTEM') return null
  return list(events).flatMap((event) =>
    KINDS.flatMap((kind) => {
      const version = text(fields(event)[kind])
      return version === null ? [] : [{ kind, version }]
    }),
  )
}

/** Names that OSV records of Go, Rust and Python give for defective functions. */
function readSymbols(specific: Fields): string[] {
  const named = list(specific['imports']).flatMap((one) => [
    ...texts(fields(one)['symbols']),
    ...texts([fields(one)['attribute']]),
  ])
  const functions = [
    ...texts(specific['affected_functions']),
    ...texts(fields(specific['affects'])['functions']),
  ]
  return [...named, ...functions].map((name) => name.split(/::|[.#]/).at(-1) ?? name)
}

/**
 * Reads one OSV record: an advisory for each package of it that can stand in a lock file. Empty where it was withdrawn or is about
 * others. Null: it is no record of OSV.
 */
export function readAdvisories(value: unknown): Advisory[] | null {
  const record = fields(value)
  const id = text(record['id'])
  if (id === null || id === '' || !Array.isArray(record['affected'])) return null
  if (typeof record['withdrawn'] === 'string') return []
  const specific = fields(record['database_specific'])
  const cwes = [...texts(specific['cwe_ids']), ...texts(fields(specific['cwes'])['ids'])]
  const vector = (from: unknown): string | null => {
    const all = list(from).map((one) => fields(one))
    const of = (type: string) => text(all.find((one) => one['type'] === type)?.['score'])
    return of('CVSS_V3') ?? of('CVSS_V4') ?? of('CVSS_V2')
  }
  const found = new Map<string, Advisory>()
  for (const one of list(record['affected'])) {
    const entry = fields(one)
    const about = fields(entry['package'])
    const ecosystem = ECOSYSTEMS.find((each) => each === text(about['ecosystem'])?.split(':')[0])
    const name = text(about['name'])
    if (ecosystem === undefined || name === null) continue
    const key = `${ecosystem} ${packageName(ecosystem, name)}`
    const known = found.get(key) ?? {
      id,
      aliases: texts(record['aliases']),
      ecosystem,
      name: packageName(ecosystem, name),
      summary: text(record['summary']) ?? (text(record['details']) ?? '').split('\n')[0]?.slice(0, 200) ?? '',
      modified: text(record['modified']) ?? '',
      cwes: cwes
        .map((cwe) => Number(/^CWE-(\d+)$/.exec(cwe)?.[1] ?? Number.NaN))
        .filter((cwe) => !Number.isNaN(cwe)),
      severity: {
        vector: vector(record['severity']) ?? vector(entry['severity']),
        word:
          text(specific['severity']) ??
          text(fields(entry['database_specific'])['severity']) ??
          text(fields(entry['ecosystem_specific'])['severity']),
      },
      ranges: [],
      versions: [],
      symbols: [],
    }
    known.ranges.push(
      ...list(entry['ranges']).flatMap((range) => {
        const events = readRange(range)
        return events === null ? [] : [events]
      }),
    )
    known.versions.push(...texts(entry['versions']))
    known.symbols.push(
      ...readSymbols(fields(entry['ecosystem_specific'])),
      ...readSymbols(fields(entry['database_specific'])),
    )
    found.set(key, known)
  }
  return [...found.values()]
}
