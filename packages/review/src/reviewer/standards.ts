import { posix } from 'node:path'

const NAME = 'REVIEW.md'
/** All standards together, in UTF-16 code units. */
const MOST = 16_000

/**
 * The standards that hold for changed files: each REVIEW.md on the way from the root to one of them, root first. They are
 * taken from the base of a change, so that a change cannot lower what it is measured by.
 */
export function findStandards(
  base: ReadonlyMap<string, string>,
  changed: readonly string[],
): { path: string; text: string }[] {
  const folders = new Set<string>([''])
  for (const path of changed)
    for (let at = posix.dirname(path); at !== '.' && at !== '/'; at = posix.dirname(at)) folders.add(at)
  let room = MOST
  return [...folders].toSorted().flatMap((folder) => {
    const path = folder === '' ? NAME : `${folder}/${NAME}`
    const text = base.get(path)
    if (text === undefined || room <= 0) return []
    const cut = text.length > room ? `${text.slice(0, room)}\n[cut]` : text
    room -= cut.length
    return [{ path, text: cut }]
  })
}
