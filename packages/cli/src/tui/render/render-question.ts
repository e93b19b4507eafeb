import type { ApprovalRequest } from '@cairn/guard'
import { wrapTextWithAnsi } from '@earendil-works/pi-tui'
import type { Paint } from '../../output/paint.ts'
import { shown } from './shown.ts'

/** A call's arguments with every byte: strings as they are, line by line, everything else as JSON. */
function argumentLines(args: string): string[] {
  try {
    const parsed: unknown = JSON.parse(args)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return args.split('\n')
    return Object.entries(parsed).flatMap(([name, value]) => {
      if (typeof value !== 'string') return [`${name}: ${JSON.stringify(value)}`]
      const [first = '', ...rest] = value.split('\n')
      return rest.length === 0 ? [`${name}: ${first}`] : [`${name}:`, ...value.split('\n')]
    })
  } catch {
    return args.split('\n')
  }
}

/** What a person has to see before they decide: all bytes of the action, nothing cut, nothing hidden. */
export function renderQuestion(record: ApprovalRequest, width: number, paint: Paint): string[] {
  const { action } = record
  const wrapped = (text: string, indent = '') =>
    shown(text)
      .split('\n')
      .flatMap((row) => wrapTextWithAnsi(row, width - indent.length - 1))
      .map((row) => `${indent}${row}`)
  return [
    ...wrapped(`${record.reason} (rule ${record.rule})`).map(paint.yellow),
    ...argumentLines(action.args).flatMap((line) => wrapped(line).map((row) => `${paint.cyan('│')} ${row}`)),
    ...wrapped(`in ${action.cwd}`),
    ...action.files.flatMap(({ path, sha256 }) =>
      wrapped(`file ${path} ${sha256 === null ? '(absent)' : `@${sha256.slice(0, 12)}`}`),
    ),
    ...record.provenance.flatMap(({ literal, kind, source }) =>
      wrapped(
        source === null
          ? `! ${kind} ${literal}: named by the model alone`
          : `! ${kind} ${literal}: first named by ${source.origin}, event ${source.seq}`,
      ).map(paint.yellow),
    ),
    ...(record.approvers > 1
      ? wrapped(
          `${record.approvers} people have to agree; so far: ${record.grantedBy.join(', ') || 'nobody'}`,
        )
      : []),
  ]
}
