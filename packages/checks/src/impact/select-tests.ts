import { posix } from 'node:path'
import { isCode, isScript, isTest, isTestEntry } from './file-kinds.ts'
import { importGraph } from './import-graph.ts'
import { looseUsers } from './loose-users.ts'

/** Tests that a change can concern, or why only all of them can tell. */
export interface Selection {
  /** Test files in order, each with the changed file that it reaches. */
  tests: { path: string; because: string }[]
  /** Why nothing less than the whole suite will do; null: the tests are enough for a first answer. */
  whole: string | null
}

const EVERYWHERE =
  /(?:^|\/)(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|pnpm-workspace\.yaml|bun\.lockb?|[tj]sconfig[\w.-]*\.json|\.babelrc[\w.]*|\.swcrc|\.mocharc[\w.]*|\.env[\w.]*|\.npmrc|\.nvmrc|pyproject\.toml|setup\.(?:py|cfg)|requirements[\w.-]*\.txt|Pipfile(?:\.lock)?|poetry\.lock|uv\.lock|tox\.ini|pytest\.ini|go\.(?:mod|sum|work)|Cargo\.(?:toml|lock)|[Mm]akefile|Dockerfile)$|\.config\.[cm]?[jt]s$|(?:^|\/)__mocks__\/|\.d\.[cm]?ts$/
const CONFIGURES = /\.config\.[cm]?[jt]s$|(?:^|\/)(?:package\.json|\.mocharc[\w.]*|jest\.config\.json)$/
const PROSE =
  /\.(?:md|mdx|rst|adoc|txt)$|(?:^|\/)(?:LICENSE|NOTICE|CODEOWNERS|\.gitignore|\.gitattributes|\.editorconfig|\.prettierignore)$|^(?:\.github|\.vscode|\.idea)\//
const READ = /\.(?:[cm]?[jt]sx?|py|go)$/

const stem = (path: string) =>
  posix
    .basename(path)
    .replace(/\.[^.]+$/, '')
    .replace(/(?:[._-](?:test|spec)s?)$/, '')
    .replace(/^test_/, '')
    .toLowerCase()

/**
 * Chooses the tests that can notice a change, by who imports, loads or names what was changed, over any number of steps, and by equal
 * names. Where that cannot be told (configuration, another language, a source that no test is known to reach) it says so.
 *
 * @param texts files of the repository by path from its root, as they are now
 * @param changed paths that were added, changed or removed
 */
export function selectTests(texts: ReadonlyMap<string, string>, changed: readonly string[]): Selection {
  const all = new Map(texts)
  // What is gone is still named by those that used it.
  for (const path of changed) if (!all.has(path)) all.set(path, '')
  const users = usersOf(all)
  const entries = [...texts].filter(([path, text]) => isEntry(path, text)).map(([path]) => path)
  const chosen = new Map<string, string>()
  const whole = (why: string): Selection => ({ tests: [], whole: why })
  for (const path of changed) {
    if (PROSE.test(path) && (users.get(path)?.size ?? 0) === 0) continue
    if (EVERYWHERE.test(path)) return whole(`${path} concerns every test`)
    if (isCode(path) && !READ.test(path)) return whole(`who uses ${path} is not known in its language`)
    const reached = reach(path, users)
    const setup = [...reached].find((one) => CONFIGURES.test(one))
    if (setup !== undefined) return whole(`${setup} loads ${path} for every test`)
    const found = entries.filter((test) => reached.has(test) || (isCode(path) && stem(test) === stem(path)))
    if (found.length === 0 && !(isTestEntry(path) && !texts.has(path)))
      return whole(`no test is known to reach ${path}`)
    for (const test of found) if (!chosen.has(test) || test === path) chosen.set(test, path)
  }
  const tests = [...chosen]
    .map(([path, because]) => ({ path, because }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
  return { tests, whole: null }
}

/** Under `test/` any file that declares tests is one, whatever its name. */
const isEntry = (path: string, text: string): boolean =>
  isTestEntry(path) ||
  (isScript(path) &&
    isTest(path) &&
    /^\s*(?:(?:await\s+)?(?:describe|suite|it|test)(?:\.\w+)*\s*\()/m.test(text))

function usersOf(texts: ReadonlyMap<string, string>): Map<string, Set<string>> {
  const users = new Map<string, Set<string>>()
  const add = (user: string, used: string) => {
    if (user === used) return
    const known = users.get(used)
    if (known === undefined) users.set(used, new Set([user]))
    else known.add(user)
  }
  for (const [user, targets] of importGraph(texts)) for (const used of targets) add(user, used)
  for (const [user, used] of looseUsers(texts)) add(user, used)
  return users
}

function reach(path: string, users: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set([path])
  for (const one of reached) for (const user of users.get(one) ?? []) reached.add(user)
  return reached
}
