import type { Step, Transcript } from './transcript.ts'

/** What the engine says and does next. Without calls, its answer ends the turn. */
export interface Action {
  text: string
  calls: { tool: string; args: { [key: string]: unknown } }[]
}

export interface Limits {
  /** Candidates tried for one state of the files before giving up. */
  candidates: number
  /** Candidates of one experiment. */
  batch: number
  /** Files read for a repair. */
  files: number
}

export const say = (text: string, ...calls: Action['calls']): Action => ({ text, calls })
export const call = (tool: string, args: { [key: string]: unknown }): Action['calls'][number] => ({
  tool,
  args,
})

/** Ends honestly with what is open; a harness without `finish` gets the words alone. */
export function giveUp(transcript: Transcript, text: string, open: string): Action {
  return transcript.tools.has('finish')
    ? say(text, call('finish', { summary: text, claims: [], open_items: [open] }))
    : say(text)
}

/** The newest step that fits. */
export function lastStep(steps: readonly Step[], matches: (step: Step) => boolean): Step | undefined {
  return steps.findLast(matches)
}

/** Whether only the last step is shown: then what a step needs has to come with the one before. */
export function isNarrow({ answers, steps }: Transcript, check: string): boolean {
  return answers <= 1 && !steps.some((step) => step.tool === 'exec' && step.args['command'] === check)
}
