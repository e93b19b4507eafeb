import { call, type Action } from './action.ts'
import type { SeenFile } from './files-seen.ts'
import type { Transcript } from './transcript.ts'

export interface ReadArgs {
  path: string
  first?: number
  last?: number
}

/** Lines of a part that is shown whole even where room is scarce. */
const chunk = 60

/** The whole of a file in parts. */
function inParts(file: SeenFile): ReadArgs[] {
  const parts = Math.ceil(file.totalLines / chunk)
  return Array.from({ length: parts }, (_, index) => ({
    path: file.path,
    first: index * chunk + 1,
    last: Math.min(file.totalLines, (index + 1) * chunk),
  }))
}

/** Localisation and files once more, so that they stand beside the next result. */
export function refresh(
  check: string,
  paths: readonly string[],
  seen: ReadonlyMap<string, SeenFile>,
  wanted: readonly ReadArgs[],
): Action['calls'] {
  const others = paths
    .filter((path) => !wanted.some((each) => each.path === path))
    .flatMap((path): ReadArgs[] => {
      const file = seen.get(path)
      if (file === undefined || file.text === null) return []
      return file.parts > 1 ? inParts(file) : [{ path }]
    })
  return [
    call('localize', { command: check }),
    ...[...others, ...wanted].map((args) => call('read', { ...args })),
  ]
}

/** Parts of a file that still have to be read; none where they cannot be had. */
export function missingRead(
  path: string,
  file: SeenFile | undefined,
  transcript: Transcript,
  narrow: boolean,
): ReadArgs[] {
  const reads = transcript.steps.filter((step) => step.tool === 'read' && step.args['path'] === path)
  if (file === undefined) return reads.some((step) => !step.ok) ? [] : [{ path }]
  if (file.text !== null) return []
  // What was not shown although asked for in parts is too long a line, or binary: the file is left alone.
  if (narrow) return file.parts > 1 || file.totalLines > 400 ? [] : inParts(file)
  const asked = reads.filter((step) => step.args['first'] === file.nextLine).length
  if (asked >= 2 || file.totalLines > 6_000) return []
  return [{ path, first: file.nextLine, last: Math.min(file.totalLines, file.nextLine + 120 / (asked + 1)) }]
}
