import { safeGit } from '@cairn/guard'
import { ReviewError } from '../review-error.ts'

interface Version {
  path: string
  mode: string
}

/** One file that differs. A moved file has both versions under different paths; a copy counts as added. */
export interface FileChange {
  before: Version | null
  after: Version | null
  /** Lines of the new version that are new, from 1; all of them for an added file. */
  added: { has(line: number): boolean }
  /** Number of new lines; `Infinity` for an added file. */
  addedCount: number
  /** First new line; 1 where there is none. */
  firstLine: number
}

const EVERY = { has: () => true }

/** What differs between two trees, moves recognised. What attributes call binary is compared as text all the same. Throws `ReviewError` `bad-repository`. */
export async function readDiff(
  cwd: string,
  base: string,
  head: string,
  env: Record<string, string>,
): Promise<FileChange[]> {
  const flags = ['-r', '-M', '--no-relative', '--ignore-submodules=none', '--full-index', '--no-color']
  const run = async (...args: string[]): Promise<Buffer> => {
    const { code, stdout, stderr } = await safeGit(['diff-tree', ...flags, ...args, base, head], { cwd, env })
    if (code !== 0)
      throw new ReviewError(
        'bad-repository',
        `The trees cannot be compared: ${stderr.trim()}`,
        'Look at the repository with `git fsck`.',
      )
    return stdout
  }
  const hunks = readHunks((await run('-p', '-U0', '-a')).toString('latin1'))
  const words = (await run('--raw', '-z')).toString('utf8').split('\0')
  const changes: FileChange[] = []
  for (let at = 0; at + 1 < words.length;) {
    const [oldMode = '', newMode = '', oldObject = '', newObject = '', status = ''] = (words[at++] ?? '')
      .slice(1)
      .split(' ')
    const from = words[at++] ?? ''
    const to = /^[RC]/.test(status) ? (words[at++] ?? '') : from
    const before = status.startsWith('A') || status.startsWith('C') ? null : { path: from, mode: oldMode }
    const after = status === 'D' ? null : { path: to, mode: newMode }
    const ranges =
      before === null ? undefined : oldObject === newObject ? [] : hunks.get(`${oldObject}..${newObject}`)
    const added = new Set(
      (ranges ?? []).flatMap(([start, count]) => Array.from({ length: count }, (_, nth) => start + nth)),
    )
    changes.push(
      ranges === undefined
        ? {
            before,
            after,
            added: after === null ? new Set() : EVERY,
            addedCount: after === null ? 0 : Infinity,
            firstLine: 1,
          }
        : { before, after, added, addedCount: added.size, firstLine: Math.max(1, ranges[0]?.[0] ?? 1) },
    )
  }
  return changes
}

/** What differs between two trees as a person reads it. */
export async function readPatch(
  cwd: string,
  base: string,
  head: string,
  env: Record<string, string>,
): Promise<string> {
  const words = ['diff-tree', '-r', '-p', '-M', '-U8', '--no-relative', '--no-color', base, head]
  const { stdout } = await safeGit(words, { cwd, env })
  return stdout.toString('utf8')
}

/** New lines of each pair of blobs: what differs between two blobs does not depend on their names. */
function readHunks(patch: string): Map<string, [start: number, count: number][]> {
  const found = new Map<string, [number, number][]>()
  for (const section of patch.split(/^diff --git /m)) {
    const pair = /^index ([0-9a-f]+\.\.[0-9a-f]+)/m.exec(section)?.[1]
    if (pair === undefined) continue
    const ranges = [...section.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm)]
    found.set(
      pair,
      ranges.map(([, start = '1', count = '1']) => [Number(start), Number(count)]),
    )
  }
  return found
}
