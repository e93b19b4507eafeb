import type { CheckResult } from '@cairn/journal'
import type { Draft } from './draft.ts'

const LIMIT = 20
const MAX_MESSAGE = 400

/** Failing tests of one check run, by id. */
export function extractCheck(check: CheckResult, seq: number, field: string): { id: string; draft: Draft }[] {
  const prefix = field === '' ? '' : `${field}.`
  return check.failures.slice(0, LIMIT).map((failure, index) => {
    const message = firstLines(failure.message)
    const at = `${prefix}failures.${index}`
    return {
      id: failure.id,
      draft: {
        type: 'failure',
        polarity: 1,
        text: message === '' ? failure.id : `${failure.id}: ${message}`,
        authority: 'tool',
        scope: failure.file === undefined ? {} : { paths: [failure.file] },
        sources: [
          { seq, field: `${at}.id`, start: 0, end: failure.id.length },
          ...(message === '' ? [] : [{ seq, field: `${at}.message`, start: 0, end: message.length }]),
        ],
        claims: [],
        cue: null,
      },
    }
  })
}

function firstLines(message: string): string {
  const cut = message.slice(0, MAX_MESSAGE)
  return (cut.length < message.length ? cut.slice(0, Math.max(cut.lastIndexOf(' '), 1)) : cut)
    .trimEnd()
    .toWellFormed()
}
