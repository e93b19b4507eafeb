import { closeSync, constants, fstatSync, openSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const LARGEST = 512 * 1024
const MOST = 5_000

function textOf(path: string): string {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return ''
  }
  try {
    const stat = fstatSync(fd)
    return stat.isFile() && stat.size <= LARGEST ? readFileSync(fd, 'utf8') : ''
  } finally {
    closeSync(fd)
  }
}

function npmNames(text: string): string[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return []
  }
  if (typeof parsed !== 'object' || parsed === null) return []
  return Object.entries(parsed).flatMap(([key, value]: [string, unknown]) =>
    /ependencies$|^require(?:-dev)?$/u.test(key) && typeof value === 'object' && value !== null
      ? Object.keys(value)
      : [],
  )
}

/** Names at the beginning of a line or of a quoted item, as requirement files, TOML tables and Gemfiles have them. */
function lineNames(text: string): string[] {
  return [
    ...text.matchAll(/(?:^|["'])\s*(?:gem\s+["']|require\s+)?([A-Za-z0-9][\w.-]*(?:\/[\w.-]+)*)/gmu),
  ].map((match) => match[1] ?? '')
}

/** The programs that are installed in the project: running one fetches nothing. */
function binNames(root: string): string[] {
  try {
    return readdirSync(join(root, 'node_modules', '.bin'))
  } catch {
    return []
  }
}

/**
 * What a project names before the agent has changed anything: its dependencies, and where its repository comes from. Read
 * once and journaled, so that a name that the agent adds to a manifest later does not count.
 */
export function projectNames(root: string): { packages: string[]; hosts: string[]; remotes: string[] } {
  const read = (name: string) => textOf(join(root, name))
  const packages = new Set([
    ...npmNames(read('package.json')),
    ...npmNames(read('composer.json')),
    ...[
      'requirements.txt',
      'requirements-dev.txt',
      'pyproject.toml',
      'Pipfile',
      'Cargo.toml',
      'go.mod',
      'Gemfile',
    ]
      .map(read)
      .flatMap(lineNames),
    ...binNames(root),
  ])
  // The one program that everybody runs under another name than its package has.
  if (packages.has('typescript')) packages.add('tsc')
  const config = read('.git/config')
  const remotes = [...config.matchAll(/^\s*\[remote "([^"\n]+)"\]/gmu)].map((match) => match[1] ?? '')
  const hosts = [...config.matchAll(/^\s*url\s*=\s*(?:\w+:\/\/)?(?:[^@/\s]+@)?([\w.-]+)/gmu)].map((match) =>
    (match[1] ?? '').toLowerCase(),
  )
  return {
    packages: [...packages].map((name) => name.toLowerCase()).slice(0, MOST),
    hosts: [...new Set(hosts)],
    remotes,
  }
}
