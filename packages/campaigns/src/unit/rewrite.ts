import { parse, type Edit, type SgNode } from '@ast-grep/napi'
import type { RewriteRule } from '../define/campaign.ts'
import { languageNamed, languageOfFile } from '../plan/source-language.ts'

/** Edits may match inside what a rule has just written: this often at most. */
const MAX_ROUNDS = 20

/** Fills `$NAME` and `$$$NAME` of a rewrite from a match. */
function fill(rewrite: string, match: SgNode, source: string): string {
  return rewrite.replaceAll(
    /\$\$\$([A-Z_][A-Z0-9_]*)|\$([A-Z_][A-Z0-9_]*)/gu,
    (whole, many?: string, one?: string) => {
      if (one !== undefined) return match.getMatch(one)?.text() ?? whole
      const nodes = match.getMultipleMatches(many ?? '')
      const [first] = nodes
      const last = nodes.at(-1)
      if (first === undefined || last === undefined) return ''
      return source.slice(first.range().start.index, last.range().end.index)
    },
  )
}

/** Outermost matches only: an inner one is found again in the next round. */
function outermost(matches: readonly SgNode[]): SgNode[] {
  let end = -1
  return [...matches]
    .sort(
      (a, b) => a.range().start.index - b.range().start.index || b.range().end.index - a.range().end.index,
    )
    .filter((match) => {
      const range = match.range()
      if (range.start.index < end) return false
      end = range.end.index
      return true
    })
}

/** Applies ast-grep rewrites to a text, each until it changes nothing more. Null where no rule is for the file's language. */
export function rewriteText(file: string, text: string, rules: readonly RewriteRule[]): string | null {
  const own = languageOfFile(file)
  if (own === null) return null
  let result: string | null = null
  for (const rule of rules) {
    const wanted: string | null = rule.language === null ? own : languageNamed(rule.language)
    if (wanted !== own) continue
    result ??= text
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const source: string = result
      const root = parse(own, source).root()
      const edits: Edit[] = outermost(root.findAll(rule.pattern)).flatMap((match) => {
        const filled = fill(rule.rewrite, match, source)
        return filled === match.text() ? [] : [match.replace(filled)]
      })
      if (edits.length === 0) break
      result = root.commitEdits(edits)
      // A rule whose result matches itself, such as f($A) → f($A, 1), has been applied once to each place.
      if (
        parse(own, rule.rewrite.replaceAll(/\$+([A-Z_][A-Z0-9_]*)/gu, '$1'))
          .root()
          .find(rule.pattern) !== null
      )
        break
    }
  }
  return result
}
