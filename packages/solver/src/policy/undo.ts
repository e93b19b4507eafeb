import { call, say, type Action } from './action.ts'
import type { Transcript } from './transcript.ts'

/** How often a change that helped in part is taken back because nothing could follow it. */
const mostOften = 2

const partial = /It fixes \d+ without breaking any \(candidate ([\w.+]+)\)/

interface Partial {
  id: string
  edits: { path: string; old: string; new: string }[]
}

/** Longest text of a note. */
const noteLimit = 2_000

/** What it takes to take a change back, kept where the change itself is no longer shown. */
export function undoNote({ id, edits }: Partial): { key: string; text: string } | null {
  const text = `repair undo ${id} ${JSON.stringify(edits)}`
  return text.length > noteLimit ? null : { key: 'repair-undo', text }
}

/** The newest change that fixed only a part and is still in place, as far as the request shows or notes it. */
export function lastPartial(transcript: Transcript): Partial | null {
  const { everything } = transcript
  const last = shownPartial(transcript) ?? notedPartial(transcript)
  if (last === null || everything.includes(`candidate ${last.id} is a dead end`)) return null
  return everything.split(' is a dead end').length > mostOften + 1 ? null : last
}

function shownPartial({ steps }: Transcript): Partial | null {
  const noted = steps.findLast((step) => step.tool === 'note' && partial.test(String(step.args['text'])))
  const id = noted === undefined ? undefined : partial.exec(String(noted.args['text']))?.[1]
  if (noted === undefined || id === undefined) return null
  const edits: Partial['edits'] = []
  for (let index = noted.index - 1; index >= 0; index--) {
    const step = steps[index]
    if (step?.tool !== 'edit' || !step.ok) break
    edits.push({
      path: String(step.args['path']),
      old: String(step.args['old']),
      new: String(step.args['new']),
    })
  }
  // Something else was written since: then this is not the newest change any more.
  const later = steps.some((step) => step.tool === 'edit' && step.ok && step.index > noted.index)
  const cut = edits.some((edit) => /characters left out.*recall ref=/.test(edit.old + edit.new))
  return edits.length === 0 || later || cut ? null : { id, edits }
}

function notedPartial({ steps, everything }: Transcript): Partial | null {
  const note = [...everything.matchAll(/repair undo ([\w.+]+) (\[\{"path":.*?"\}\])/g)].at(-1)
  if (note === undefined || steps.some((step) => step.tool === 'edit' && step.ok)) return null
  try {
    const edits: unknown = JSON.parse(note[2] ?? '')
    return Array.isArray(edits) && edits.every(isEdit) ? { id: note[1] ?? '', edits } : null
  } catch {
    return null
  }
}

function isEdit(value: unknown): value is Partial['edits'][number] {
  const keys = ['path', 'old', 'new']
  return (
    typeof value === 'object' &&
    value !== null &&
    keys.every((key) => typeof new Map(Object.entries(value)).get(key) === 'string')
  )
}

/** Takes back a change after which nothing was found: it fitted a test by chance, or was in the wrong place. */
export function undoPartial(transcript: Transcript, check: string): Action | null {
  const last = lastPartial(transcript)
  if (last === null || !transcript.tools.has('note')) return null
  return say(
    'Nothing mends what is left after the last change: I take that change back and look further.',
    ...last.edits.map((edit) => call('edit', { path: edit.path, old: edit.new, new: edit.old })),
    call('note', { type: 'rejected', text: `repair candidate ${last.id} is a dead end` }),
    call('exec', { command: check }),
  )
}
