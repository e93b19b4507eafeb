import { openTrust, readShipped, trustFile } from '@cairn/guard'
import { createHash } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { userFolder } from '../skills/find-conventions.ts'
import type { LeftOut } from '../skills/convention.ts'
import type { Hook } from './hook.ts'
import { readHooks } from './read-hooks.ts'

/** Files of a repository that may name hooks, in the order in which they count. */
const FILES = [
  '.cairn/hooks.json',
  '.claude/settings.json',
  '.claude/settings.local.json',
  '.codex/hooks.json',
]
/** Folders with the programs of hooks: a hook that names one counts only while that folder is trusted as well. */
const PROGRAMS = ['.cairn/hooks', '.claude/hooks', '.codex/hooks']
const UNTRUSTED = 'not trusted as it is now; see it with `cairn trust show`, then `cairn trust approve`'
const LARGEST = 1 << 20

/** The hooks of a session. */
export interface LoadedHooks {
  hooks: readonly Hook[]
  /** Files that nobody approved, and mistakes in those that count. */
  leftOut: readonly LeftOut[]
}

function textOf(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8')
    return text.length > LARGEST ? null : text
  } catch {
    return null
  }
}

/** Words of a command that are files of the repository, by their paths relative to it. */
function namedFiles(command: string): string[] {
  const words = command
    .replaceAll(/"?\$\{?(?:CLAUDE_PROJECT_DIR|CAIRN_PROJECT_DIR)\}?"?\/?/gu, ' ./')
    .split(/[\s"'`;|&()<>=]+/u)
  return [...new Set(words.map((word) => word.replace(/^(?:\.\/)+/u, '')).filter((word) => word !== ''))]
}

/** Folders of the person with programs that hooks call: commands cannot see the rest of the home folder. */
export const ownPrograms = (env: NodeJS.ProcessEnv, home: string): string[] => [
  join(userFolder(env, home), 'hooks'),
  join(home, '.claude/hooks'),
]

/** sha256 of a file of the repository; null where there is none, or a link. */
export function scriptHash(repository: string, path: string): string | null {
  const bytes = readShipped(repository, path)
  return bytes === null ? null : createHash('sha256').update(bytes).digest('hex')
}

function pinned(hook: Hook, repository: string): Hook {
  const scripts = namedFiles(hook.command).flatMap((path): [string, string][] => {
    const sha256 = path.startsWith('/') ? null : scriptHash(repository, path)
    return sha256 === null ? [] : [[path, sha256]]
  })
  return { ...hook, scripts: new Map(scripts) }
}

/**
 * The hooks of the person (`hooks.json` in their folder, and with `ownClaude` those of `~/.claude/settings.json`), then those of a
 * repository, whose files count only with the very bytes that a person approved.
 */
export function loadHooks(deps: {
  repositoryRoot: string
  dataDir: string
  env: NodeJS.ProcessEnv
  home: string
  ownClaude?: boolean
}): LoadedHooks {
  const repository = realpathSync(deps.repositoryRoot)
  const trust = openTrust(trustFile(deps.dataDir), repository)
  const hooks: Hook[] = []
  const leftOut: LeftOut[] = []
  const take = (text: string, file: string) => {
    const read = readHooks(text, file)
    hooks.push(...read.hooks.map((hook) => pinned(hook, repository)))
    leftOut.push(
      ...read.problems.map((why) => ({
        kind: 'hooks' as const,
        name: file,
        path: file,
        why: why.slice(file.length + 2),
      })),
    )
  }
  const own = [
    join(userFolder(deps.env, deps.home), 'hooks.json'),
    ...(deps.ownClaude === true ? [join(deps.home, '.claude/settings.json')] : []),
  ]
  for (const file of own) {
    const text = textOf(file)
    if (text !== null) take(text, file)
  }
  const untrusted = PROGRAMS.filter((path) => {
    const bytes = readShipped(repository, path)
    return bytes !== null && !trust.isTrusted('hooks', path, bytes)
  })
  for (const path of FILES) {
    const bytes = readShipped(repository, path)
    if (bytes === null) continue
    const read = readHooks(bytes.toString('utf8'), path)
    if (read.hooks.length + read.problems.length === 0) continue
    const programs = untrusted.filter((folder) => read.hooks.some(({ command }) => command.includes(folder)))
    const missing = [...(trust.isTrusted('hooks', path, bytes) ? [] : [path]), ...programs]
    if (missing.length > 0) {
      leftOut.push(...missing.map((at) => ({ kind: 'hooks' as const, name: path, path: at, why: UNTRUSTED })))
      continue
    }
    take(bytes.toString('utf8'), path)
  }
  return { hooks, leftOut }
}
