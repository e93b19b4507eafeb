import { contentWords, stem } from './words.ts'

/** Words that link a subject to its value, correct something, or bound a value: they tell no two subjects apart. */
const LIGHT = new Set(
  `listen listens listening run runs running bind binds set sets stay stays remain remains change switch move go going become equal
equals default put let start serve increase decrease raise lower reduce bump allow allowed prefer choose adopt stick return exceed
actually instead correction now again sorry wait actual correct right new current same different another value most least more less
maximum minimum max min limit limited cap capped exactly within under below above over up per second minute hour day week month time
ms sec kb mb gb kib mib gib byte char character percent least instead rather yes well ok okay note notice warning caution info update number setting port ports
prefix exactly everywhere anything only both say says will shall am being own really definitely finally first off hereby`
    .split(/\s+/)
    .map(stem),
)
/** What follows says why, not what. */
const REASON =
  /(?:\s|,|;|:)\s*(?:because|since|so that|as (?:it|the|that|we|this)|which|otherwise|(?:it|that|this|the|they|we)\b(?=[^,;]*\b(?:is|are|was|need|want|expect|depend|use|run|conflict|clash)))\b.*$/is
const INSTEAD = /\b(?:instead of|rather than|in place of|and not|not|over)\s+[`"']?[\w./@-]+[`"']?/gi
/** "Change of plan: …", "Back to the first value: …": what stands before the colon is about the correction itself. */
const CORRECTION =
  /^(?=[^:]*\b(?:actually|correction|changes?|back|update|scratch|second thoughts?|instead|revert|again|mistake|sorry|wrong|rather|no)\b)[^:.,]{0,60}:\s+/i

/**
 * What a statement is about: its content words without the value and without words that only link, bound or correct.
 * Sorted; two statements with different words are about different things.
 */
export function subjectWords(text: string, value = '', drop: readonly string[] = []): string[] {
  const body = text.replace(CORRECTION, '')
  const reasonless = body.replace(REASON, '')
  const about = (reasonless.includes(value) ? reasonless : body).replace(INSTEAD, ' ')
  const gone = new Set([value, ...drop].flatMap((word) => contentWords(word)))
  const words = contentWords(about).filter(
    (word) => !gone.has(word) && !LIGHT.has(word) && !/^\d[\d.,:]*[a-z%]{0,3}$/.test(word),
  )
  return [...new Set(words)].sort()
}

/** Whether every word of one subject is in the other: the shorter may be the longer one with words left out. */
export function contains(longer: readonly string[], shorter: readonly string[]): boolean {
  return shorter.every((word) => longer.includes(word))
}
