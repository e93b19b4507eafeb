import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A command that tells whether the work is right, and where it was found. */
export interface Check {
  kind: 'test' | 'types' | 'lint' | 'build'
  command: string
  /** The file that declares it, for example `package.json`. */
  source: string
}

const kinds: Record<Check['kind'], readonly string[]> = {
  test: ['test'],
  types: ['typecheck', 'type-check', 'types', 'check:types', 'tsc'],
  lint: ['lint', 'check:lint'],
  build: ['build'],
}

const skipped = new Set(['node_modules', 'dist', 'build', 'coverage', 'vendor', 'target'])

/** Relative paths of files, shallow folders first, at most `limit`. */
function listFiles(root: string, limit: number): string[] {
  const found: string[] = []
  const queue = ['']
  for (let folder = queue.shift(); folder !== undefined && found.length < limit; folder = queue.shift()) {
    const entries = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name)) queue.push(path)
      else if (entry.isFile()) found.push(path)
    }
  }
  return found
}

function readFrom(root: string): (path: string) => string | null {
  return (path) => {
    try {
      return readFileSync(join(root, path), 'utf8')
    } catch {
      return null
    }
  }
}

function scriptsOf(text: string | null): Record<string, string> {
  if (text === null) return {}
  try {
    const parsed: unknown = JSON.parse(text)
    const scripts =
      typeof parsed === 'object' && parsed !== null && 'scripts' in parsed ? parsed.scripts : null
    if (typeof scripts !== 'object' || scripts === null) return {}
    return Object.fromEntries(
      Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    return {}
  }
}

function packageManager(read: (path: string) => string | null): string {
  if (read('pnpm-lock.yaml') !== null) return 'pnpm'
  return read('yarn.lock') === null ? 'npm' : 'yarn'
}

/**
 * Finds the commands that check a project: scripts of `package.json`, Node's own runner where test files stand without
 * a script, then make, cargo, go and pytest. The placeholder script of `npm init` is not a check. Tests come first.
 *
 * @param read gives a file's text by relative path, null where it is absent; default: from disk
 */
export function discoverChecks(
  root: string,
  read: (path: string) => string | null = readFrom(root),
): Check[] {
  const checks: Check[] = []
  const scripts = scriptsOf(read('package.json'))
  const manager = packageManager(read)
  for (const kind of ['test', 'types', 'lint', 'build'] as const) {
    const name = kinds[kind].find((each) => scripts[each] !== undefined && scripts[each].trim() !== '')
    if (name === undefined || /no test specified/.test(scripts[name] ?? '')) continue
    checks.push({
      kind,
      command: name === 'test' ? `${manager} test` : `${manager} run ${name}`,
      source: 'package.json',
    })
  }
  if (!checks.some((check) => check.kind === 'test')) checks.unshift(...withoutScript(root, read))
  return checks
}

function withoutScript(root: string, read: (path: string) => string | null): Check[] {
  const files = listFiles(root, 2_000)
  const tests = files.filter((path) =>
    /(?:[.\-_]test|^test|\/test|\/test-[^/]*)\.[cm]?[jt]s$|(?:^|\/)tests?\/.*\.[cm]?[jt]s$/.test(path),
  )
  if (tests.some((path) => /node:test/.test(read(path) ?? ''))) {
    const found = tests.every((path) =>
      /(?:^|\/)test\/|[.\-_]test\.|(?:^|\/)test(?:-[^/]*)?\.[cm]?[jt]s$/.test(path),
    )
    const named = tests.filter((path) => /node:test/.test(read(path) ?? ''))
    return [
      {
        kind: 'test',
        command: found ? 'node --test' : `node --test ${named.join(' ')}`,
        source: tests[0] ?? '',
      },
    ]
  }
  const script =
    tests.find((path) => /(?:^|\/)test\.[cm]?js$/.test(path)) ?? (tests.length === 1 ? tests[0] : undefined)
  if (script !== undefined) return [{ kind: 'test', command: `node ${script}`, source: script }]
  const makefile = read('Makefile') ?? read('makefile')
  if (makefile !== null && /^test\s*:/m.test(makefile))
    return [{ kind: 'test', command: 'make test', source: 'Makefile' }]
  if (read('Cargo.toml') !== null) return [{ kind: 'test', command: 'cargo test', source: 'Cargo.toml' }]
  if (read('go.mod') !== null) return [{ kind: 'test', command: 'go test ./...', source: 'go.mod' }]
  const python = files.find((path) => /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/.test(path))
  return python === undefined ? [] : [{ kind: 'test', command: 'python3 -m pytest -q', source: python }]
}
