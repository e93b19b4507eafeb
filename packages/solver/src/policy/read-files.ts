import { call, type Action } from './action.ts'
import type { SeenFile } from './files-seen.ts'
import type { Room } from './room.ts'
import type { Transcript } from './transcript.ts'

export interface ReadArgs {
  path: string
  first?: number
  last?: number
}

/** Files longer than this are left alone. */
const mostLines = 6_000
/** How often a part is asked for that was not shown; each time by half. */
const mostOften = 4
/** Tokens of a line where nothing is known of it, and what a line number adds. */
const lineTokens = 14
const numberTokens = 2

/** Lines of which a part is shown whole. */
function partLines(file: SeenFile, bytes: number | undefined, room: Room, asked: number): number {
  const each = bytes === undefined ? lineTokens : bytes / 4 / Math.max(1, file.totalLines) + numberTokens
  const most = room.compact ? Math.floor((room.result * 0.9) / each) : 120
  return Math.max(1, Math.floor(most / 2 ** asked))
}

/** Lines from `from` on in parts. */
function inParts(file: SeenFile, from: number, lines: number): ReadArgs[] {
  const parts = Math.ceil((file.totalLines - from + 1) / lines)
  return Array.from({ length: parts }, (_, index) => ({
    path: file.path,
    first: from + index * lines,
    last: Math.min(file.totalLines, from + (index + 1) * lines - 1),
  }))
}

/** Localisation and files once more, so that they stand beside the next result. */
export function refresh(
  localize: { [key: string]: unknown },
  paths: readonly string[],
  seen: ReadonlyMap<string, SeenFile>,
  wanted: readonly ReadArgs[],
): Action['calls'] {
  const others = paths
    .filter((path) => !wanted.some((each) => each.path === path))
    .flatMap((path): ReadArgs[] => {
      const file = seen.get(path)
      if (file === undefined || file.text === null) return []
      return file.parts > 1 ? inParts(file, 1, Math.ceil(file.totalLines / file.parts)) : [{ path }]
    })
  return [call('localize', localize), ...[...others, ...wanted].map((args) => call('read', { ...args }))]
}

/** Parts of a file that still have to be read; none where they cannot be had. */
export function missingRead(
  path: string,
  file: SeenFile | undefined,
  transcript: Transcript,
  room: Room,
  size: { lines: number; bytes: number } | undefined,
): ReadArgs[] {
  const reads = transcript.steps.filter((step) => step.tool === 'read' && step.args['path'] === path)
  if (file === undefined) {
    if (reads.some((step) => !step.ok)) return []
    if (!room.compact || size === undefined) return reads.length < mostOften ? [{ path }] : []
    if (size.lines > mostLines) return []
    const unread = { path, text: null, nextLine: 1, totalLines: size.lines, parts: 0 }
    const lines = partLines(unread, size.bytes, room, 0)
    return lines >= size.lines ? [{ path }] : inParts(unread, 1, lines)
  }
  if (file.text !== null || file.totalLines > mostLines) return []
  // What was not shown although asked for in ever smaller parts is too long a line, or binary: it is left alone.
  const asked = reads.filter((step) => (step.args['first'] ?? 1) === file.nextLine).length
  if (asked >= mostOften) return []
  const lines = partLines(file, size?.bytes, room, Math.max(0, asked - (room.compact ? 0 : 1)))
  return inParts(file, file.nextLine, lines).slice(0, room.compact ? 40 : 12)
}
