import type { Transcript } from './transcript.ts'

/** What a step may show and say, in estimated tokens, so that the context shows it whole. */
export interface Room {
  /** Results have to be bounded and files looked at in groups: the window is small. */
  compact: boolean
  /** One result. */
  result: number
  /** All files of a group. */
  files: number
  /** Candidates of one experiment. */
  candidates: number
}

/** From here on everything is shown whole in practice, so that nothing is bounded. */
const plenty = 24_000

/**
 * What a window leaves beside `prefix` (system text and tools): a part of it is kept for the answer, a part for the error
 * of the estimate, and the rest holds the record of earlier work, files, candidates and results side by side. A result
 * of which even that was too much halves the room; the note about it counts from then on.
 */
export function roomOf(window: number, prefix: number, { everything }: Pick<Transcript, 'everything'>): Room {
  const usable = (window - Math.min(window * 0.2, 32_000)) / 1.25
  const noted = [...everything.matchAll(/repair room is (\d+) tokens/g)].map((match) => Number(match[1]))
  const room = Math.max(300, Math.min(usable - prefix, ...noted))
  return room >= plenty
    ? { compact: false, result: Infinity, files: Infinity, candidates: Infinity }
    : {
        compact: true,
        result: Math.floor(room * 0.15),
        files: Math.floor(room * 0.35),
        candidates: Math.floor(room * 0.3),
      }
}
