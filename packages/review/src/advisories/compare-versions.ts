import type { Ecosystem } from '../sbom/locked-package.ts'
import { comparePython } from './compare-python.ts'

const SEMVER = /^[v=\s]*(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]*)?\s*$/
const isNumber = (text: string) => /^\d+$/.test(text)
const byNumber = (a: string, b: string): number => {
  const [one, two] = [BigInt(a), BigInt(b)]
  return one < two ? -1 : one > two ? 1 : 0
}

/** Precedence of Semantic Versioning 2.0.0, section 11; missing parts are zero, as in tags of Go. Null: one is no version. */
function compareSemver(a: string, b: string): number | null {
  const [one, two] = [SEMVER.exec(a), SEMVER.exec(b)]
  if (one === null || two === null) return null
  for (const at of [1, 2, 3]) {
    const order = byNumber(one[at] ?? '0', two[at] ?? '0')
    if (order !== 0) return order
  }
  const [first, second] = [one[4], two[4]]
  if (first === undefined || second === undefined) return first === second ? 0 : first === undefined ? 1 : -1
  return compareParts(first.split('.'), second.split('.'))
}

function compareParts(one: readonly string[], two: readonly string[]): number {
  for (let at = 0; at < Math.max(one.length, two.length); at++) {
    const [a, b] = [one[at], two[at]]
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1
    if (a === b) continue
    if (isNumber(a) && isNumber(b))
      return byNumber(a, b) || compareParts(one.slice(at + 1), two.slice(at + 1))
    if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1
    return a < b ? -1 : 1
  }
  return 0
}

const WORDS = ['dev', 'alpha', 'a', 'beta', 'b', 'rc', 'c', '#', 'patch', 'pl', 'p']
const rank = (word: string) => WORDS.indexOf(word)

/** Versions of RubyGems and Composer: numbers above words, and words in the order of releases. */
function compareLoose(a: string, b: string): number | null {
  const parts = (version: string) =>
    version
      .replace(/^v(?=\d)/i, '')
      .replace(/\+.*$/, '')
      .toLowerCase()
      .match(/\d+|[a-z]+/g)
  const [one, two] = [parts(a), parts(b)]
  if (one === null || two === null) return null
  for (let at = 0; at < Math.max(one.length, two.length); at++) {
    const [first = '0', second = '0'] = [one[at], two[at]]
    if (first === second) continue
    if (isNumber(first) && isNumber(second)) {
      const order = byNumber(first, second)
      if (order !== 0) return order
    } else if (isNumber(first) !== isNumber(second)) {
      const later = /^(?:patch|pl|p)$/
      const word = isNumber(first) ? second : first
      const wordIsLater = later.test(word)
      return isNumber(first) === wordIsLater ? -1 : 1
    } else {
      const order = rank(first) - rank(second)
      return order === 0 ? (first < second ? -1 : 1) : order < 0 ? -1 : 1
    }
  }
  return 0
}

/** Below 0: `a` comes before `b`. Null where one of them is no version of its ecosystem. */
export function compareVersions(ecosystem: Ecosystem, a: string, b: string): number | null {
  if (ecosystem === 'PyPI') return comparePython(a, b)
  if (ecosystem === 'RubyGems' || ecosystem === 'Packagist') return compareLoose(a, b)
  return compareSemver(a, b)
}
