/** Replaces `old` by `new` where it starts at this place. 1-based; `old` may span lines and must stand there exactly. */
export interface CandidateEdit {
  path: string
  line: number
  column: number
  old: string
  new: string
}

/** One patch to try: all of its edits together. */
export interface Candidate {
  id: string
  edits: CandidateEdit[]
}

/** Applies edits of one file to its text; null where `old` does not stand where the edit says, or edits overlap. */
export function applyEdits(text: string, edits: readonly Omit<CandidateEdit, 'path'>[]): string | null {
  const starts = lineStarts(text)
  const placed = edits.map((edit) => ({ edit, at: (starts[edit.line - 1] ?? Infinity) + edit.column - 1 }))
  placed.sort((a, b) => b.at - a.at)
  let result = text
  let limit = Infinity
  for (const { edit, at } of placed) {
    if (at + edit.old.length > limit || !text.startsWith(edit.old, at)) return null
    result = result.slice(0, at) + edit.new + result.slice(at + edit.old.length)
    limit = at
  }
  return result
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
