import { fault, success } from '../fault.ts'
import { type Root, locate } from '../paths/locate.ts'
import type { ListResult, Outcome } from '../workspace.ts'
import { type Ripgrep, runRipgrep } from './ripgrep.ts'

const DEFAULT_DEPTH = 3
const DEFAULT_LIMIT = 200
const MAX_LIMIT = 2000
const MAX_FILES = 200_000

export interface ListOptions {
  /** Folder levels that are opened; deeper ones are counted. Default 3. With a glob: no limit. */
  depth?: number
  /** Most lines. Default 200. */
  limit?: number
  /** Only files whose path matches; listed flat. */
  glob?: string
}

/** The files below a folder as an indented tree, or flat with a glob; ignored files are left out. */
export async function list(
  root: Root,
  rg: Ripgrep,
  path: string,
  options: ListOptions = {},
): Promise<Outcome<ListResult>> {
  const at = locate(root, path === '' ? '.' : path)
  if (!at.ok) return at
  if (at.value.kind === 'absent') return fault('not-found', `${path} does not exist. List its parent folder.`)
  if (at.value.kind !== 'directory') return success({ text: at.value.rel, entries: 1, truncated: false })
  if (options.glob?.includes('\0')) return fault('bad-pattern', 'The glob has a NUL byte in it. Remove it.')
  const files: string[] = []
  const args = ['--files', '--null', '--hidden', '--no-require-git', '--no-ignore-global']
  if (options.glob !== undefined && options.glob !== '') args.push(`--glob=${options.glob}`)
  args.push('--glob=!.git', '--', at.value.rel || '.')
  const run = await runRipgrep(rg, args, root.real, '\0', (file) => files.push(file) < MAX_FILES)
  if (!run.ok) return run
  if (run.value.exit === 2 && run.value.stderr.trim() !== '') {
    return fault('bad-pattern', `ripgrep does not accept this glob: ${run.value.stderr.trim()}\nCorrect it.`)
  }
  const prefix = at.value.rel === '' ? '' : `${at.value.rel}/`
  const names = files.map((file) => file.replace(/^\.[\\/]/, '').replaceAll('\\', '/')).sort(byName)
  const limit = Math.max(1, Math.min(MAX_LIMIT, Math.floor(options.limit ?? DEFAULT_LIMIT)))
  const lines =
    options.glob === undefined || options.glob === ''
      ? tree(names, prefix, options.depth ?? DEFAULT_DEPTH)
      : names
  const cut = lines.length > limit
  const shown = cut ? [...lines.slice(0, limit), `… ${lines.length - limit} more lines`] : lines
  return success({
    text: shown.length === 0 ? '(no files)' : shown.join('\n'),
    entries: Math.min(lines.length, limit),
    truncated: cut || files.length >= MAX_FILES,
  })
}

/** Lines of a tree: folders end in `/`, those below `depth` levels are given with the number of their files. */
function tree(names: readonly string[], prefix: string, depth: number): string[] {
  const lines: string[] = []
  const levels = Math.max(1, Math.floor(depth))
  let open: string[] = []
  let closed = { key: '', count: 0, line: -1 }
  for (const name of names) {
    const parts = name.slice(prefix.length).split('/')
    const folders = parts.slice(0, -1)
    let shared = 0
    while (shared < open.length && shared < folders.length && open[shared] === folders[shared]) shared++
    for (let level = shared; level < Math.min(folders.length, levels); level++) {
      lines.push(`${'  '.repeat(level)}${folders[level]}/`)
    }
    open = folders.slice(0, levels)
    if (folders.length < levels) {
      lines.push(`${'  '.repeat(folders.length)}${parts.at(-1)}`)
      closed = { key: '', count: 0, line: -1 }
      continue
    }
    const key = open.join('/')
    if (closed.line >= 0 && closed.key === key) closed.count++
    else closed = { key, count: 1, line: lines.length - 1 }
    lines[closed.line] =
      `${'  '.repeat(levels - 1)}${open.at(-1)}/ (${closed.count} ${closed.count === 1 ? 'file' : 'files'})`
  }
  return lines
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
