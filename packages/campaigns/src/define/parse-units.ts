import type { UnitSource } from './campaign.ts'
import { bad, flag, mapping, text, texts } from './read-value.ts'

const ALL = ['**/*']
const SOURCES = ['**/*.{js,cjs,mjs,jsx,ts,cts,mts,tsx}']

/** Reads `units`: exactly one of `glob`, `command` and `query`. */
export function parseUnits(value: unknown): UnitSource {
  const fields = mapping(value, 'units', ['glob', 'command', 'query', 'exclude'])
  const given = ['glob', 'command', 'query'].filter((name) => fields[name] !== undefined)
  if (given.length !== 1)
    bad(
      'units',
      given.length === 0
        ? 'says nowhere what the units are'
        : `gives ${given.join(' and ')}, of which only one is possible`,
      'Give one of glob, command, query. For example: units: { glob: "src/**/*.ts" }',
    )
  const exclude = texts(fields['exclude'], 'units.exclude')
  if (fields['command'] !== undefined) {
    if (exclude.length > 0)
      bad('units.exclude', 'does not go with a command', 'Let the command leave them out.')
    return { kind: 'command', command: text(fields['command'], 'units.command') }
  }
  if (fields['glob'] !== undefined)
    return { kind: 'glob', glob: texts(fields['glob'], 'units.glob'), exclude }
  return parseQuery(fields['query'], exclude)
}

function parseQuery(value: unknown, outer: string[]): UnitSource {
  if (typeof value === 'string')
    return {
      kind: 'pattern',
      pattern: text(value, 'units.query'),
      language: null,
      glob: SOURCES,
      exclude: outer,
    }
  const names = ['pattern', 'regex', 'importers-of', 'symbol', 'transitive', 'language', 'glob', 'exclude']
  const fields = mapping(value, 'units.query', names)
  const given = ['pattern', 'regex', 'importers-of'].filter((name) => fields[name] !== undefined)
  if (given.length !== 1)
    bad(
      'units.query',
      'needs exactly one of pattern, regex, importers-of',
      'For example: query: { pattern: "require($A)" }',
    )
  const globs = texts(fields['glob'], 'units.query.glob')
  const exclude = [...outer, ...texts(fields['exclude'], 'units.query.exclude')]
  const glob = (fallback: string[]) => (globs.length > 0 ? globs : fallback)
  const only = (name: string, kind: string) => {
    if (fields[name] !== undefined && !given.includes(kind))
      bad(`units.query.${name}`, `goes with ${kind} only`, 'Remove it.')
  }
  only('language', 'pattern')
  only('symbol', 'importers-of')
  only('transitive', 'importers-of')
  if (fields['regex'] !== undefined)
    return { kind: 'regex', regex: text(fields['regex'], 'units.query.regex'), glob: glob(ALL), exclude }
  if (fields['importers-of'] !== undefined)
    return {
      kind: 'importers',
      of: text(fields['importers-of'], 'units.query.importers-of'),
      symbol: fields['symbol'] === undefined ? null : text(fields['symbol'], 'units.query.symbol'),
      transitive: flag(fields['transitive'], 'units.query.transitive'),
      glob: glob(SOURCES),
      exclude,
    }
  return {
    kind: 'pattern',
    pattern: text(fields['pattern'], 'units.query.pattern'),
    language: fields['language'] === undefined ? null : text(fields['language'], 'units.query.language'),
    glob: glob(SOURCES),
    exclude,
  }
}
