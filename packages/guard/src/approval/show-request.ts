import { escapeForDisplay } from '../display/escape-for-display.ts'
import type { ApprovalRequest } from './approval.ts'

/** Every byte of the argument text, one key a line where it is a JSON object. */
function argumentLines(args: string): string[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(args)
  } catch {
    return [args]
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return [args]
  return Object.entries(parsed).flatMap(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return text.includes('\n')
      ? [`${key}:`, ...text.split('\n').map((line) => `│ ${line}`)]
      : [`${key}: ${text}`]
  })
}

/** A question as a person reads it: nothing is cut, hidden characters are made visible. */
export function showRequest(record: ApprovalRequest): string {
  const { action, provenance } = record
  const lines = [
    `${record.id}  ${action.tool} in ${action.cwd}`,
    `  asked by rule ${record.rule}: ${record.reason}`,
    ...argumentLines(action.args).map((line) => `  ${line}`),
    ...action.files.map(({ path, sha256 }) => `  file ${path} ${sha256?.slice(0, 12) ?? '(new)'}`),
    ...provenance.map(({ kind, literal, source }) =>
      source === null
        ? `  ${kind} ${literal}: named by the model alone`
        : `  ${kind} ${literal}: first seen in event ${source.seq} (${source.origin}), ${source.field} ${source.start}–${source.end}`,
    ),
    `  hash ${record.actionSha256.slice(0, 16)} · session ${record.session} · until ${new Date(record.expiresAt).toISOString()}`,
  ]
  if (record.approvers > 1)
    lines.push(
      `  needs ${record.approvers} people${record.grantedBy.length === 0 ? '' : `; so far ${record.grantedBy.join(', ')}`}`,
    )
  return `${lines.map(escapeForDisplay).join('\n')}\n`
}
