import type { Paint } from '../../output/paint.ts'

const WORDS =
  'abstract and as async await break case catch class const continue def default defer del do elif else enum except export extends false final finally fn for from func function go if impl implements import in interface is let loop match mod module mut namespace new nil none None not null or package pass private protected pub public raise return self static struct super switch then this throw throws trait true True False try type typeof union use using val var void when where while with yield'
const KEYWORDS = new Set(WORDS.split(' '))
const HASH_COMMENTS = /\.(?:py|rb|sh|bash|zsh|ya?ml|toml|pl|r|tf|mk|cfg|ini)$|(?:Dockerfile|Makefile)$/iu
const PROSE = /\.(?:md|txt|rst|log|csv)$/iu
const TOKEN =
  /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`)|(\/\/.*$|\/\*.*?(?:\*\/|$))|(#.*$)|([A-Za-z_$][\w$]*)/gu
/** Longer lines are data: colours would not help, and cost time. */
const MAX_LINE = 500

/**
 * Colours one line of code: strings, comments and words that are keywords in most languages. It knows no grammar, and
 * needs none to make a change easier to read. `name`: of the file, or of the language.
 */
export function highlight(line: string, name: string, paint: Paint): string {
  if (line.length > MAX_LINE || PROSE.test(name)) return line
  const hash = HASH_COMMENTS.test(name) || /^(?:py|python|sh|bash|ruby|rb|yaml|toml)$/u.test(name)
  return line.replace(
    TOKEN,
    (whole: string, text?: string, slashes?: string, comment?: string, word?: string) => {
      if (text !== undefined) return paint.green(whole)
      if (slashes !== undefined) return hash ? whole : paint.dim(whole)
      if (comment !== undefined) return hash ? paint.dim(whole) : whole
      return word !== undefined && KEYWORDS.has(word) ? paint.cyan(whole) : whole
    },
  )
}
