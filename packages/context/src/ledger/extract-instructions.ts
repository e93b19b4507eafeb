import type { Event } from '@cairn/journal'
import { classifyUser } from './classify-user.ts'
import { deriveClaims } from './derive-claims.ts'
import { deriveScope } from './derive-scope.ts'
import type { Draft } from './draft.ts'
import { labelledStatements, labelOf } from './labelled-statements.ts'
import { splitStatements } from './split-statements.ts'

const RULES =
  /\b(?:rules?|conventions?|style|guidelines?|requirements?|constraints?|do(?:n'?t|s)?|never|always|must|standards?|practices|policy|policies|boundaries|security|testing|commits?|workflow)\b/i
const LIMIT = 400

/** Rules of one instruction file, with the authority of the repository. A nested file binds inside its folder. */
export function extractInstructions(
  event: Event<'instructions.loaded'>,
  index: number,
  cwd: string,
): Draft[] {
  const file = event.body.files[index]
  if (!file) return []
  const folder = folderOf(file.path, cwd)
  const drafts: Draft[] = []
  for (const statement of splitStatements(file.text)) {
    if (drafts.length >= LIMIT) break
    if (statement.block !== 'prose') continue
    const read = classifyUser(statement.text)
    const label =
      labelOf(statement.text) === null ? null : (labelledStatements(statement.text, 1)[0]?.type ?? 'fact')
    // Running text of a rule file explains; its list items and its demands are the rules.
    const ruled =
      statement.item &&
      RULES.test(statement.heading) &&
      statement.text.split(/\s+/).length >= 3 &&
      !statement.text.endsWith(':')
    if (read?.type === 'question' || (!read && !label && !ruled)) continue
    const polarity = read?.polarity ?? 1
    const scope = deriveScope(statement.text)
    drafts.push({
      type: label ?? (read?.type === 'decision' ? 'decision' : 'constraint'),
      polarity,
      text: statement.text,
      authority: 'repository',
      scope: folder === '' ? scope : { ...scope, paths: scope.paths ?? [folder] },
      sources: [{ seq: event.seq, field: `files.${index}.text`, start: statement.start, end: statement.end }],
      claims: deriveClaims(statement.text, polarity),
      cue: null,
    })
  }
  return drafts
}

function folderOf(path: string, cwd: string): string {
  const relative = cwd !== '' && path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path
  if (relative.startsWith('/') || relative.startsWith('~') || relative.startsWith('..')) return ''
  const folder = relative.includes('/') ? relative.slice(0, relative.lastIndexOf('/')) : ''
  return folder === '.' || folder === '.github' || folder.startsWith('.cairn') ? '' : folder
}
