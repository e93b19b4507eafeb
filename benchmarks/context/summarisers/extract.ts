import type { Passage } from './summariser.ts'

interface Sentence {
  text: string
  score: number
}

const scored = new Map<string, Sentence[]>()
const PER_PASSAGE = 6

/** Forgets scored passages: call between sessions, so that memory does not grow with their number. */
export function forgetExtracts(): void {
  scored.clear()
}

/**
 * The honest mock (S0): first sentence of each passage and the ones with the rarest words, in order, up to the size.
 * Rarity is word length and shape (digits, capitals, symbols), a stand-in for inverse document frequency that needs no
 * corpus and so costs nothing on long sessions.
 */
export function extract(passages: readonly Passage[], maxTokens: number): string[] {
  const all: (Sentence & { order: number; role: string })[] = []
  passages.forEach((passage, i) => {
    for (const sentence of sentencesOf(passage)) all.push({ ...sentence, order: i, role: passage.role })
  })
  const weight = (role: string) => (role === 'user' ? 3 : role === 'assistant' ? 1.6 : 1)
  const best = all.toSorted((a, b) => b.score * weight(b.role) - a.score * weight(a.role))
  const seen = new Set<string>()
  const kept: typeof all = []
  let chars = 0
  for (const sentence of best) {
    if (chars > maxTokens * 4) break
    if (seen.has(sentence.text)) continue
    seen.add(sentence.text)
    kept.push(sentence)
    chars += sentence.text.length + 3
  }
  return kept.toSorted((a, b) => a.order - b.order).map((sentence) => sentence.text)
}

function sentencesOf(passage: Passage): Sentence[] {
  const known = scored.get(passage.text)
  if (known !== undefined) return known
  const pieces = splitSentences(passage.text.slice(0, 60_000))
  const found = pieces.map((text, i) => ({ text, score: scoreOf(text) + (i === 0 ? 1 : 0) }))
  const best = found
    .toSorted((a, b) => b.score - a.score)
    .slice(0, passage.role === 'user' ? 40 : PER_PASSAGE)
  scored.set(passage.text, best)
  return best
}

export function splitSentences(text: string): string[] {
  return text
    .split(/\n+|(?<=[.!?])\s+(?=[A-Z*-])/)
    .map((piece) => piece.trim())
    .filter((piece) => piece.length > 12 && piece.length < 400)
}

function scoreOf(text: string): number {
  const words = text.split(/\s+/)
  let score = 0
  for (const word of words) if (word.length > 6 || /[\d_/:-]/.test(word)) score += 1
  score /= Math.sqrt(words.length + 4)
  if (/\b(must|never|always|do not|don't|decid|assum|reject|error|fail|only|instead)/i.test(text))
    score += 1.2
  if (/\/\/ f\d+\.\d+|^\[build\]|^info |smoke/.test(text)) score -= 1
  return score
}
