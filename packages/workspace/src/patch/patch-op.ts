/** One file operation of a V4A patch. `at` fields are 1-based lines of the patch text, for messages. */
export type PatchOp =
  | { type: 'add'; path: string; lines: string[]; at: number }
  | { type: 'delete'; path: string; at: number }
  | { type: 'update'; path: string; moveTo: string | null; hunks: Hunk[]; at: number }

/** One change of an update: where it belongs, and its lines. */
export interface Hunk {
  /** Texts of the `@@` lines above it, outermost first. */
  headers: string[]
  /** Old start line where the header was written in the unified-diff form; only ever used to choose among matches. */
  hintLine: number | null
  lines: HunkLine[]
  /** Closed by `*** End of File`: belongs to the end of the file. */
  atEnd: boolean
  at: number
}

export interface HunkLine {
  kind: ' ' | '+' | '-'
  text: string
  /** A wholly empty line of the patch, read as an empty context line although the blank in front is missing. */
  bare: boolean
}

/** The lines that a hunk expects in the file. */
export function oldLines(lines: readonly HunkLine[]): string[] {
  return lines.filter((line) => line.kind !== '+').map((line) => line.text)
}
