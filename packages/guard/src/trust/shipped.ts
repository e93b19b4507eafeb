import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TrustKind } from './trust.ts'

/** Something that a repository ships and that does nothing until it is approved. */
export interface Shipped {
  kind: TrustKind
  /** Relative to the repository, with `/`. A folder stands for everything in it. */
  path: string
}

const files: readonly Shipped[] = [
  { kind: 'instructions', path: 'AGENTS.md' },
  { kind: 'instructions', path: 'CLAUDE.md' },
  { kind: 'instructions', path: 'GEMINI.md' },
  { kind: 'hooks', path: '.cairn/hooks.json' },
  { kind: 'hooks', path: '.cairn/hooks' },
  { kind: 'hooks', path: '.claude/settings.json' },
  { kind: 'hooks', path: '.claude/settings.local.json' },
  { kind: 'hooks', path: '.claude/hooks' },
  { kind: 'hooks', path: '.codex/hooks.json' },
  { kind: 'hooks', path: '.codex/hooks' },
  { kind: 'settings', path: '.cairn/settings.json' },
  { kind: 'mcp', path: '.cairn/mcp.json' },
  { kind: 'mcp', path: '.mcp.json' },
  { kind: 'mcp', path: '.codex/config.toml' },
  { kind: 'env', path: '.cairn/env' },
]
const folders: readonly Shipped[] = [
  { kind: 'skill', path: '.cairn/skills' },
  { kind: 'skill', path: '.claude/skills' },
  { kind: 'skill', path: '.agents/skills' },
  { kind: 'command', path: '.cairn/commands' },
  { kind: 'command', path: '.claude/commands' },
  { kind: 'agent', path: '.cairn/agents' },
  { kind: 'agent', path: '.claude/agents' },
]
const MOST_FILES = 2_000
const MOST_BYTES = 32 << 20

function namesIn(folder: string): string[] {
  try {
    if (!lstatSync(folder).isDirectory()) return []
    return readdirSync(folder).toSorted()
  } catch {
    return []
  }
}

/** Everything of this sort that is in a repository now. Links are not followed. */
export function listShipped(repository: string): Shipped[] {
  const there = files.filter(({ path }) => readShipped(repository, path) !== null)
  const inFolders = folders.flatMap(({ kind, path }) =>
    namesIn(join(repository, path)).map((name) => ({ kind, path: `${path}/${name}` })),
  )
  return [...there, ...inFolders.filter(({ path }) => readShipped(repository, path) !== null)]
}

function readFile(path: string, left: number): Buffer | null {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return null
  }
  try {
    const stat = fstatSync(fd)
    return stat.isFile() && stat.size <= left ? readFileSync(fd) : null
  } finally {
    closeSync(fd)
  }
}

/**
 * The bytes that are approved: of a file its content, of a folder every file in it, each with its name and length. Null where there is
 * nothing, or something that cannot be shown in full: a link, a device, more than 2,000 files or 32 MiB.
 */
export function readShipped(repository: string, path: string): Buffer | null {
  const segments = path.split('/')
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) return null
  let at = repository
  for (const segment of segments.slice(0, -1)) {
    at = join(at, segment)
    if (!lstatSync(at, { throwIfNoEntry: false })?.isDirectory()) return null
  }
  const whole = join(repository, path)
  if (lstatSync(whole, { throwIfNoEntry: false })?.isDirectory() !== true) return readFile(whole, MOST_BYTES)
  const parts: Buffer[] = []
  let left = MOST_BYTES
  let count = 0
  const walk = (folder: string, prefix: string): boolean =>
    readdirSync(folder, { withFileTypes: true })
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .every((entry) => {
        const name = `${prefix}${entry.name}`
        if (entry.isDirectory()) return walk(join(folder, entry.name), `${name}/`)
        count += 1
        const bytes = count > MOST_FILES ? null : readFile(join(folder, entry.name), left)
        if (bytes === null) return false
        left -= bytes.length
        parts.push(Buffer.from(`=== ${JSON.stringify(name)} ${bytes.length}\n`), bytes, Buffer.from('\n'))
        return true
      })
  return walk(whole, '') ? Buffer.concat(parts) : null
}
