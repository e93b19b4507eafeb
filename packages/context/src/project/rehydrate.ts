import { textTokens } from './tokens.ts'
import type { FileState } from '../registry/registries.ts'
import type { Disk } from '../registry/render-registries.ts'
import type { ShownFile } from './recipe.ts'

/** Most files shown, most tokens of a file that is shown whole, and lines around a range that was read. */
const MAX_FILES = 8
const WHOLE_TOKENS = 2_000
const AROUND = 10

/** Files worth having at hand, best first: recently changed ones before recently read ones. */
function rank(files: Iterable<FileState>): FileState[] {
  const score = (file: FileState) => Math.max(file.wrote.at(-1) ?? 0, (file.seen.at(-1)?.seq ?? 0) * 0.98)
  return [...files]
    .filter((file) => file.hash !== null)
    .toSorted((a, b) => score(b) - score(a) || (a.path < b.path ? -1 : 1))
    .slice(0, MAX_FILES * 2)
}

/**
 * Current text of the files that the work needs, read from disk and not from the journal, within `budget` tokens.
 * `inTail(path, sha256)`: the tail shows that very text already. `stored`: a blob with this hash exists.
 */
export function rehydrate(
  files: Iterable<FileState>,
  disk: Disk,
  budget: number,
  inTail: (path: string, sha256: string) => boolean,
  stored: (sha256: string) => boolean,
): ShownFile[] {
  const shown: ShownFile[] = []
  let left = budget
  for (const file of rank(files)) {
    if (shown.length >= MAX_FILES || left < 60) break
    const now = disk(file.path)
    if (now === null || now.text === '' || inTail(file.path, now.sha256)) continue
    const part = excerpt(file, now.text, Math.min(WHOLE_TOKENS, left - 30))
    if (part === null) continue
    left -= textTokens(part.text) + 30
    const lines = part.lines === null ? {} : { lines: part.lines }
    const text = stored(now.sha256) ? {} : { text: part.text }
    shown.push({ path: file.path, sha256: now.sha256, ...lines, ...text })
  }
  return shown
}

/** The whole text, else the lines around what was read last; null where neither fits. */
function excerpt(
  file: FileState,
  text: string,
  budget: number,
): { text: string; lines: [number, number] | null } | null {
  if (text.length < budget * 5 && textTokens(text) <= budget) return { text, lines: null }
  const range = file.seen.findLast((view) => view.range !== undefined)?.range
  if (!range) return null
  const all = text.split('\n')
  const from = Math.max(1, range[0] - AROUND)
  let to = Math.min(all.length, range[1] + AROUND)
  if (from > all.length) return null
  const cut = () => all.slice(from - 1, to).join('\n')
  while (to > from && textTokens(cut()) > budget) to = from + Math.floor((to - from) / 2)
  return textTokens(cut()) > budget ? null : { text: cut(), lines: [from, to] }
}

/** The files as text of the request. `load` gives the bytes of a blob. */
export function renderFiles(
  files: readonly ShownFile[],
  basis: number,
  load: (sha256: string) => Uint8Array | null,
): string {
  if (files.length === 0) return ''
  const blocks = files.map((file) => {
    const lines = file.lines ? ` lines="${file.lines[0]}-${file.lines[1]}"` : ''
    return `<file path="${file.path}" sha256="${file.sha256.slice(0, 12)}"${lines}>\n${textOf(file, load)}\n</file>`
  })
  return `Files as they were on disk at e:${basis}; what comes later is newer:\n\n${blocks.join('\n')}\n`
}

function textOf(file: ShownFile, load: (sha256: string) => Uint8Array | null): string {
  if (file.text !== undefined) return file.text
  const bytes = load(file.sha256)
  if (bytes === null) return '[erased]'
  const text = new TextDecoder().decode(bytes)
  if (!file.lines) return text
  return text
    .split('\n')
    .slice(file.lines[0] - 1, file.lines[1])
    .join('\n')
}
