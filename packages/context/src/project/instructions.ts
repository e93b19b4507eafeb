import type { Event } from '@cairn/journal'
import type { Item } from '@cairn/models'
import { textTokens } from './tokens.ts'
import { shorten } from './shorten.ts'

export interface InstructionFile {
  path: string
  sha256: string
  text: string
  seq: number
}

/** Instruction files by path, as last loaded. */
export type Instructions = Map<string, InstructionFile>

/** Takes the files of one load; returns those that are new or changed. A file with empty text is gone. */
export function reduceInstructions(
  state: Instructions,
  event: Event<'instructions.loaded'>,
): InstructionFile[] {
  const changed: InstructionFile[] = []
  for (const file of event.body.files) {
    if (state.get(file.path)?.sha256 === file.sha256) continue
    const next = { ...file, seq: event.seq }
    if (file.text === '') state.delete(file.path)
    else state.set(file.path, next)
    changed.push(next)
  }
  return changed
}

/** The pinned block at the front of every request, or null where there are no instruction files. */
export function renderInstructions(files: readonly InstructionFile[], maxTokens: number): Item | null {
  if (files.length === 0) return null
  const total = files.reduce((sum, file) => sum + textTokens(file.text), 0)
  const text = files.map((file) => {
    // All files give way in proportion: which of them matters is not ours to guess.
    const share = total <= maxTokens ? total : Math.floor((maxTokens * textTokens(file.text)) / total)
    return renderFile(file, share)
  })
  return {
    type: 'user',
    parts: [
      {
        type: 'text',
        text: `Instruction files of this project, in force throughout:\n\n${text.join('\n\n')}`,
      },
    ],
    cache: true,
  }
}

/** One file with its path and hash; over `maxTokens` its middle gives way to a handle. */
export function renderFile(file: InstructionFile, maxTokens: number): string {
  const note = `[warning: too long to be shown whole; the middle is left out: recall ref="${file.path}"]`
  const body = shorten(file.text, maxTokens, note)
  return `<instructions path="${file.path}" sha256="${file.sha256.slice(0, 12)}">\n${body}\n</instructions>`
}
