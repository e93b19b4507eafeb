import { canonicalHost } from '../egress/canonical-host.ts'
import { coversHost, parseHostPattern } from '../egress/host-pattern.ts'

const cache = new Map<string, RegExp>()

const literal = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/gu, String.raw`\$&`)

function cached(key: string, make: () => string): RegExp {
  const known = cache.get(key)
  if (known !== undefined) return known
  const made = new RegExp(make(), 'u')
  // Patterns come from files of bounded size; the bound here only guards against a caller that makes them up.
  if (cache.size > 10_000) cache.clear()
  cache.set(key, made)
  return made
}

/** Whether a word fits a pattern in which `*` stands for any characters. */
export function matchWord(pattern: string, word: string): boolean {
  if (!pattern.includes('*')) return pattern === word
  return cached(`w ${pattern}`, () => `^${pattern.split(/\*+/u).map(literal).join('[^]*')}$`).test(word)
}

/** Whether a path fits a glob: `*` and `?` within a name, `**` across folders. One without `/` fits at every depth. */
export function matchPath(glob: string, path: string): boolean {
  const body = glob.replace(/^\.?\//u, '').replace(/\/$/u, '/**')
  return cached(`p ${glob}`, () => {
    const parts = body.split(/(\*\*\/|\/\*\*$|\*\*|\*|\?)/u).map((part) => {
      if (part === '**/') return '(?:[^/]+/)*'
      if (part === '/**') return '(?:/[^]*)?'
      if (part === '**') return '[^]*'
      if (part === '*') return '[^/]*'
      return part === '?' ? '[^/]' : literal(part)
    })
    return `^${glob.includes('/') ? '' : '(?:[^/]+/)*'}${parts.join('')}$`
  }).test(path)
}

/** Whether a host is one that the pattern of a rule names, whatever the spelling of both. */
export function matchHost(pattern: string, host: string): boolean {
  const wanted = parseHostPattern(pattern)
  const name = canonicalHost(host)
  return wanted !== null && name !== null && coversHost(wanted, name)
}
