/** Longest subject of a commit, in UTF-16 code units. */
export const MAX_SUBJECT = 72

/** What people say before they say what is to be done. */
const PREAMBLE =
  /^(?:(?:hi|hello|hey|ok|okay|so|well|now|then|next|also|and|but|thanks|great|good)\b[,!:;.]?\s+|please,?\s+|(?:can|could|would|will) you (?:please |kindly |now |also )?|i(?:'d| would) like (?:you )?to |i (?:want|need) (?:you )?to |you (?:should|have to|need to|must) |we (?:should|have to|need to|must) |let'?s |let us |(?:your|the) task (?:here )?is to |help me (?:to )?|try to |make sure (?:to |you )|go ahead and )/iu
const MARKUP = /^(?:#{1,6}\s+|[-*+>]\s+|\d+[.)]\s+|["'“”‘’]+)/u
/** Asks for words, not for a change: no subject for one. */
const QUESTION = /^(?:why|what|when|where|who|which|how|is|are|does|do|did|was|were|should)\b/iu

/** A text on one line without anything that a terminal or a parser of trailers would take for more. */
export const plainLine = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()

/** Cuts at a word, with a mark where something is missing. */
export function cutWords(text: string, most: number): string {
  if (text.length <= most) return text
  const cut = text.slice(0, most - 1)
  const blank = cut.lastIndexOf(' ')
  // Not between the halves of a character.
  const end = blank > most / 2 ? blank : /[\uD800-\uDBFF]$/u.test(cut) ? cut.length - 1 : cut.length
  return `${cut.slice(0, end).replace(/[\s,;:.–-]+$/u, '')}…`
}

/** The subject that a request gives, as an order: its first sentence without politeness. Null where it asks a question. */
export function subjectOf(request: string): string | null {
  const line =
    request.split('\n').find((one) => /[\p{L}\p{N}]/u.test(one) && !/^\s*(?:```|---)/u.test(one)) ?? ''
  let text = plainLine(line)
  for (let before = ''; before !== text;) {
    before = text
    text = text.replace(MARKUP, '').replace(PREAMBLE, '')
  }
  const sentence = /^(.+?)(?:[.!?]+["'”’)]?(?=\s|$)|$)/u.exec(text)
  const said = (sentence?.[1] ?? text).replace(/[\s,;:]+$/u, '').replace(/["'”’]+$/u, '')
  if (said === '' || !/\p{L}/u.test(said) || QUESTION.test(said)) return null
  return capitalised(cutWords(said, MAX_SUBJECT))
}

/** Names of code keep their spelling. */
function capitalised(text: string): string {
  const word = text.split(' ')[0] ?? ''
  return /^[a-z][a-z'-]*[,:]?$/u.test(word) ? text.slice(0, 1).toUpperCase() + text.slice(1) : text
}

/** A subject from the names of files, where nobody said what was to be done. */
export function subjectOfFiles(paths: readonly string[]): string {
  const [first = 'files', ...rest] = paths
  const more = rest.length === 0 ? '' : ` and ${rest.length} more file${rest.length === 1 ? '' : 's'}`
  const room = MAX_SUBJECT - 'Change '.length - more.length
  const name = first.length <= room ? first : `…${first.slice(first.length - room + 1)}`
  return plainLine(`Change ${name}${more}`)
}
