import { call, say, type Action } from './action.ts'
import type { Transcript } from './transcript.ts'

/** How often a change that helped in part is taken back because nothing could follow it. */
const mostOften = 2

const partial = /It fixes \d+ without breaking any \(candidate ([\w.+]+)\)/

/** The newest change that fixed only a part and is still in place, as far as the request shows it. */
export function lastPartial({
  steps,
  everything,
}: Transcript): { id: string; edits: { path: string; old: string; new: string }[] } | null {
  const noted = steps.findLast((step) => step.tool === 'note' && partial.test(String(step.args['text'])))
  const id = noted === undefined ? undefined : partial.exec(String(noted.args['text']))?.[1]
  if (noted === undefined || id === undefined || everything.includes(`candidate ${id} is a dead end`))
    return null
  if (everything.split(' is a dead end').length > mostOften + 1) return null
  const edits: { path: string; old: string; new: string }[] = []
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
  return edits.length === 0 || later ? null : { id, edits }
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
