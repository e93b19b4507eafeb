const STOP = new Set(
  `a an the and or but so then of to in on at by for from with without as is are was were be been being it its this that these
those there here i we you they he she my our your their me us them do does did not no never don't doesn't must should shall may
might can could will would have has had please also just only very now always need needs make sure keep use used using if when
while until than too any all some every each one rule rules thing things about what which who how why let lets get gets into
earlier previous said say again back go anymore more longer`
    .split(/\s+/)
    .filter(Boolean),
)

/** Lower-case words without stop words, plural and verb endings cut: enough to see what two statements share. */
export function contentWords(text: string): string[] {
  const words = text
    .toLowerCase()
    .replace(/\b\w+n['’]t\b|['’](?:ll|ve|re)\b/g, ' ')
    .match(/[\p{L}\p{N}_][\p{L}\p{N}_./@-]*/gu)
  return (words ?? [])
    .map((word) => word.replace(/[./@-]+$/, ''))
    .filter((word) => word.length > 1 && !STOP.has(word))
    .map(stem)
}

/** Light stemming: only endings whose removal rarely merges different words. */
export function stem(word: string): string {
  if (word.length < 5 || /[\d./_@-]/.test(word)) return word
  return word
    .replace(/(?:ies)$/, 'y')
    .replace(/(?<=[^s])s$/, '')
    .replace(/(?<=[a-z]{4})(?:ing|ed)$/, '')
}

/** Text for comparing statements: case, space, quotes and closing punctuation do not count. */
export function normalText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/["'`“”‘’]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/[.,;:!\s]+$/, '')
    .trim()
}

/** A phrase as part of a key: `dev server` → `dev-server`. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/^(?:the|a|an|our|my|your|its|their|this|that)\s+/, '')
    .replace(/[^\p{L}\p{N}./@*_-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
}
