import type { Word, WordPart } from 'unbash'

/** The value of a word that is the same whenever it is run; null where the shell would compute it. */
export function staticValue(word: Word): string | null {
  if (word.parts === undefined) return word.value
  const parts = word.parts.map(partValue)
  return parts.includes(null) ? null : parts.join('')
}

function partValue(part: WordPart): string | null {
  if (part.type === 'Literal' || part.type === 'SingleQuoted') return part.value
  if (part.type !== 'DoubleQuoted') return null
  const inner = part.parts.map((child) => (child.type === 'Literal' ? child.value : null))
  return inner.includes(null) ? null : inner.join('')
}
