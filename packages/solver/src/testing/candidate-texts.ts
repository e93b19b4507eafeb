import { applySplices, enumerateCandidates } from '../plan/enumerate-candidates.ts'
import { readHints } from '../plan/hints.ts'
import { readSource } from '../syntax/source-file.ts'

/** Texts that one candidate each would leave, best first, all lines being equally suspicious. */
export function candidateTexts(text: string): string[] {
  const lines = new Map(text.split('\n').map((_, index) => [index + 1, 1]))
  const file = readSource('a.js', text)
  if (file === null) throw new Error('not a program')
  return enumerateCandidates(file, lines, readHints([])).map(({ splices }) => applySplices(text, splices))
}
