/** Words that tie nothing to anything. */
const COMMON = new Set(
  `about above after again against also always another because been before being below between both cannot change could does done down each
  else every file files from have here into keep line lines make must need never only other over same should since some such test tests than
  that their them then there these they this those through under until very when where which while will with within without work would your
  true false null undefined string number return function const import export`.split(/\s+/),
)

/** Words of four letters and more, parts of identifiers and paths included, in lower case. */
export function words(text: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [word] of text.matchAll(/[\p{L}\p{N}_$./-]{3,120}/gu)) {
    if (/[./]/.test(word)) found.add(word)
    for (const part of word.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u)) {
      const plain = part.toLowerCase().replace(/(?:ies|es|s|ing|ed)$/, '')
      if (plain.length >= 4 && !COMMON.has(part.toLowerCase()) && !COMMON.has(plain)) found.add(plain)
    }
  }
  return found
}

export const sharedWords = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let shared = 0
  for (const word of a) if (b.has(word)) shared += 1
  return shared
}
