import type { ConstraintRule, RuleSource } from './constraint-rule.ts'

type Rule = ConstraintRule extends infer R ? (R extends ConstraintRule ? Omit<R, 'source'> : never) : never

/** A statement with a condition cannot be decided by looking at a change: it stays in the ledger, for the model. */
const CONDITIONAL =
  /\b(?:unless|except|without (?:asking|approval|permission)|if|whenever|when|until|should|try to|prefer|ideally|where possible)\b/i
const PROHIBITION = String.raw`(?:do not|don't|never|must not|may not|cannot|can't|shall not|should never|must never|without|no need to|avoid)`
const CHANGE = String.raw`(?:touch|touching|change|changing|modify|modifying|edit|editing|alter|altering|rewrite|rewriting|write (?:to|in)|writing (?:to|in)|overwrite|overwriting|refactor|refactoring|patch)`
const REMOVE = String.raw`(?:delete|deleting|remove|removing|rename|renaming|move|moving)`

const FORBIDS_CHANGE = new RegExp(String.raw`\b${PROHIBITION}\b[^.;:]{0,40}?\b${CHANGE}\b`, 'i')
const FORBIDS_REMOVAL = new RegExp(String.raw`\b${PROHIBITION}\b[^.;:]{0,40}?\b${REMOVE}\b`, 'i')
const IS_FIXED =
  /\b(?:(?:must|shall|has to|have to|should) (?:stay|remain|be (?:left|kept))|(?:leave|keep)\b[^.;]{0,80}|(?:is|are))\s*\b(?:untouched|unchanged|unmodified|alone|as (?:it is|they are|is)|read-only|frozen|off[- ]limits)\b/i
const MUST_NOT_BE_CHANGED =
  /\b(?:must|may|shall|should|can) (?:not|never) be (?:touched|changed|modified|edited|altered|rewritten|overwritten)\b/i
const MUST_NOT_BE_REMOVED =
  /\b(?:must|may|shall|should|can) (?:not|never) be (?:deleted|removed|renamed|moved)\b/i
const ONLY_HERE =
  /\b(?:only (?:touch|change|modify|edit|write (?:to|in)|work (?:in|on))|(?:touch|change|modify|edit) (?:only|nothing (?:but|outside(?: of)?))|(?:do not|don't|never) (?:touch|change|modify|edit)\b[^.;]{0,40}\boutside(?: of)?|(?:restrict|limit|confine) (?:all |your |the )?(?:changes|edits|work) to|(?:changes|edits) (?:only )?(?:in|inside|under|within))\b/i

const NO_DEPENDENCY =
  /\b(?:(?:do not|don't|never|must not|may not|without|avoid)\b[^.;]{0,30}?\b(?:add|adding|introduce|introducing|install|installing|pull in|pulling in|bring in)\b[^.;]{0,12}?\b(?:any|a|new|further|additional|other|more|third[- ]party|external|npm|runtime|dev)?\s*(?:new |further |additional |third[- ]party |external |npm |pip |runtime |dev(?:elopment)? )*(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)|modules? from npm|crates?)|no (?:new |further |additional |third[- ]party |external |npm |runtime |more )+(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)))\b/i
const NAMED_DEPENDENCY =
  /\b(?:do not|don't|never|must not|may not|avoid)\s+(?:add|adding|use|using|install|installing|depend(?:ing)? on|introduce|introducing)\s+[`'"]?(@?[a-z\d][\w./-]*)[`'"]?(?:\s+as an? (?:new |npm |runtime |dev )*(?:dependency|package)|(?=\s+or\s|\s*[,.;]|\s*$))/i

const AS_DEPENDENCY = /\bas an? (?:new |npm |runtime |dev )*(?:dependency|package)|\b(?:install|depend on)\b/i
const GENERIC =
  /^(?:an?|any|the|new|more|further|additional|other|third-party|external|npm|dependenc(?:y|ies)|packages?|librar(?:y|ies)|modules?|anything|something|things?)$/i

const API_FIXED =
  /\b(?:public|exported|external)\s+(?:api|interfaces?|surface|signatures?|functions?|exports?|types?)\b|\bapi\b/i
const API_VERB =
  /\b(?:(?:do not|don't|never|must not|may not|without|cannot)\b[^.;]{0,30}?\b(?:change|changing|break|breaking|alter|altering|modify|modifying|touch|touching)|must (?:stay|remain|not change|not be (?:changed|broken|altered|modified))|(?:keep|leave)\b[^.;]{0,60}\b(?:unchanged|stable|as (?:it is|is|they are)|the same|intact|compatible|backwards?[- ]compatible)|stays? (?:the same|as it is|unchanged|stable))\b/i

const MUST_EXIST = /\b(?:must|has to|have to|shall) (?:still )?exist\b/i
const SIZE =
  /\b(?:(?:must|may|should|shall|can)(?: not)?|keep|stays?|no)\b[^.;]{0,80}?\b(?:below|under|within|at most|exceed|beyond|above|over|(?:longer|larger|bigger|smaller|less|more|greater) than)\s+([\d][\d,._]*)\s*(lines?|loc|bytes?|b|kb|kib|kilobytes?|mb|mib|megabytes?)\b/i
/** These bound from above only in a sentence that forbids. */
const NEEDS_NEGATION = /\b(?:exceed|beyond|above|over|(?:longer|larger|bigger|more|greater) than)\s+\d/i
const NEGATION = /\b(?:no|not|never|nothing|none|neither)\b|n't\b/i
const EVERY_FILE =
  /\b(?:no|each|every|all|any|source) (?:source |code )?files?\b|\bfiles (?:must|may|should)\b/i
const COMMAND_GREEN =
  /`([^`\n]{2,200})`\s+(?:must|has to|have to|should always|shall)\s+(?:still |always |keep |continue to |stay |be |remain )*(?:pass(?:ing)?|succeed(?:ing)?|green|clean|work(?:ing)?|exit (?:with )?(?:0|zero))\b/i

const BYTES: Record<string, number> = { b: 1, k: 1024, m: 1024 * 1024 }

/**
 * What a machine can check of a statement. Careful on purpose: a statement that is read wrongly would stop honest work, so
 * that what is conditional, vague or names nothing gives no rule.
 */
export function readRules(text: string, source: RuleSource): ConstraintRule[] {
  if (CONDITIONAL.test(text.replaceAll(/`[^`]*`/g, '``'))) return []
  return rulesOf(text).map((rule) => ({ ...rule, source }))
}

function rulesOf(text: string): Rule[] {
  const command = COMMAND_GREEN.exec(text)?.[1]
  if (command !== undefined && /\s|^[a-z]+$/.test(command)) return [{ kind: 'command', command }]
  const paths = pathsIn(text)
  const bare = withoutPaths(text)
  const size = sizeRule(bare, paths)
  if (size !== null) return [size]
  const name = NAMED_DEPENDENCY.exec(text)?.[1]
  if (name !== undefined && !GENERIC.test(name) && AS_DEPENDENCY.test(text))
    return [{ kind: 'dependency', names: [name] }]
  if (NO_DEPENDENCY.test(bare)) return [{ kind: 'dependency', names: null }]
  if (API_FIXED.test(bare) && API_VERB.test(bare))
    return [{ kind: 'api', globs: paths.length === 0 ? null : paths }]
  if (ONLY_HERE.test(bare) && paths.length > 0) return [{ kind: 'path', mode: 'only', globs: paths }]
  if (paths.length > 0) {
    if (FORBIDS_CHANGE.test(bare) || IS_FIXED.test(bare) || MUST_NOT_BE_CHANGED.test(bare))
      return [{ kind: 'path', mode: 'untouched', globs: paths }]
    if (FORBIDS_REMOVAL.test(bare) || MUST_NOT_BE_REMOVED.test(bare))
      return [{ kind: 'path', mode: 'kept', globs: paths }]
    const [only] = paths
    if (MUST_EXIST.test(bare) && paths.length === 1 && only !== undefined && !/[*?]/.test(only))
      return [{ kind: 'exists', path: only }]
  }
  return []
}

function sizeRule(text: string, paths: readonly string[]): Rule | null {
  const found = SIZE.exec(text)
  if (found === null) return null
  const globs = paths.length > 0 ? paths : EVERY_FILE.test(text) ? ['**'] : []
  if (NEEDS_NEGATION.test(found[0]) && !NEGATION.test(text)) return null
  const count = Number((found[1] ?? '').replaceAll(/[,_]/g, ''))
  const unit = (found[2] ?? '').toLowerCase()
  if (globs.length === 0 || !Number.isFinite(count) || count <= 0) return null
  if (unit.startsWith('l')) return { kind: 'size', globs, unit: 'lines', most: count }
  return { kind: 'size', globs, unit: 'bytes', most: count * (BYTES[unit[0] ?? 'b'] ?? 1) }
}

const WORD = /`([^`\s]{1,200})`|"([^"\s]{1,200})"|(?<![\w@])((?:\.{0,2}\/)?[\w@.*-]+(?:\/[\w@.*-]+)*\/?)/g

/** The statement with a plain word for each path, so that dots in names do not end sentences. */
const withoutPaths = (text: string): string =>
  text.replaceAll(WORD, (word: string, ...[ticked, quoted, plain]: (string | undefined)[]) =>
    isPath((ticked ?? quoted ?? plain ?? '').replace(/[.,;:]+$/, ''), plain === undefined)
      ? `THAT${/[.,;:]+$/.exec(word)?.[0] ?? ''}`
      : word,
  )

/** Words that are paths: with a slash, an extension of a file, or a glob; a folder covers what is in it. */
function pathsIn(text: string): string[] {
  const words = text.matchAll(WORD)
  const found: string[] = []
  for (const match of words) {
    const quoted = match[1] ?? match[2]
    const word = (quoted ?? match[3] ?? '').replace(/[.,;:]+$/, '')
    if (!isPath(word, quoted !== undefined)) continue
    found.push(word.replace(/^\.\//, ''))
  }
  return [...new Set(found)].map((path) => (path.endsWith('/') ? `${path}**` : path))
}

function isPath(word: string, quoted: boolean): boolean {
  if (word === '' || /^[a-z][a-z\d+.-]*:\/\//i.test(word) || word.startsWith('-') || word.startsWith('@'))
    return false
  if (word.startsWith('/') || word.includes('..')) return false
  if (
    /^[\d.,]+$/.test(word) ||
    /^(?:and\/or|either\/or|he\/she|i\/o|ci\/cd|n\/a|client\/server|read\/write)$/i.test(word)
  )
    return false
  if (
    /\.(?:[cm]?[jt]sx?|json|ya?ml|toml|md|py|go|rs|java|kt|rb|php|c|h|cc|cpp|hpp|cs|swift|sh|sql|css|scss|html|vue|svelte|lock|txt|cfg|ini|env|proto|graphql|xml|gradle|mod|sum)$/i.test(
      word,
    )
  )
    return true
  if (word.includes('*')) return word.length > 1
  if (word.includes('/')) return quoted || /^[\w.@-]+(?:\/[\w.@*-]+)*\/?$/.test(word)
  return quoted && /^(?:\.[\w.-]+|[A-Z][A-Za-z]*file|LICENSE|Makefile)$/.test(word)
}
