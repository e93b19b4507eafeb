import { call, say, type Action } from './action.ts'
import type { Step, Transcript } from './transcript.ts'

/** How often the same result is asked for: a switch of the epoch, which makes room, comes in between. */
const mostOften = 12

/** The newest recall or experiment, and how many recalls in a row end with it. */
function newest(steps: readonly Step[]): { step: Step | undefined; recalls: number } {
  const relevant = steps.filter((step) => step.tool === 'experiment' || step.tool === 'recall')
  const step = relevant.at(-1)
  const before = relevant.findLastIndex((each) => each.tool !== 'recall')
  return { step, recalls: relevant.length - 1 - before }
}

/** Asks again for the result of an experiment that was not shown whole: without it a candidate would be tried twice. */
export function recallTrial({ steps, tools }: Transcript): Action | null {
  const { step, recalls } = newest(steps)
  if (step === undefined || !tools.has('recall') || recalls >= mostOften) return null
  const ref = step.tool === 'recall' ? step.args['ref'] : step.elided
  if (typeof ref !== 'string') return null
  // The lines change nothing but tell one call from the other.
  return say(
    'The result of the last changes is not shown whole: I ask for it again.',
    call('recall', { ref, lines: [1, 40 + recalls] }),
  )
}
