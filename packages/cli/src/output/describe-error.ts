import { EXIT } from '../exit-code.ts'
import { UsageError } from '../usage-error.ts'

const CODE_BY_ERROR: Record<string, number> = {
  'bad-ref': EXIT.usage,
  'bad-folder': EXIT.usage,
  'bad-model': EXIT.usage,
  'no-turn': EXIT.usage,
  'no-session': EXIT.usage,
  'bad-config': EXIT.usage,
  'bad-campaign': EXIT.usage,
  'no-campaign': EXIT.usage,
  'bad-repository': EXIT.usage,
  'no-sandbox': EXIT.refused,
  'bad-policy': EXIT.refused,
  'bad-trust': EXIT.refused,
  'bad-scope': EXIT.refused,
  'out-of-scope': EXIT.refused,
  stopped: EXIT.refused,
  refused: EXIT.refused,
}

const SYSTEM: Record<string, string> = {
  ENOSPC:
    'The disk is full. What was journaled before is safe; free some space and run `cairn resume --last`.',
  EACCES: 'Permission was denied. Check who owns the file or folder.',
  EROFS: 'The file system is read-only. Set CAIRN_DATA_DIR to a folder that can be written.',
  EMFILE: 'Too many files are open. Raise the limit with `ulimit -n`.',
}

function field(error: object, name: string): string | null {
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' && value !== '' ? value : null
}

/** What a person reads when something went wrong: what happened, and what to do. Composed here and nowhere else. */
export function describeError(error: unknown, debug: boolean): { text: string; code: number } {
  if (error instanceof UsageError)
    return {
      text: `cairn: ${error.message}\n${error.hint === null ? '' : `  ${error.hint}\n`}`,
      code: EXIT.usage,
    }
  if (!(error instanceof Error)) return { text: `cairn: ${String(error)}\n`, code: EXIT.failed }
  const code = field(error, 'code')
  const hint = field(error, 'hint') ?? (code === null ? null : (SYSTEM[code] ?? null))
  const lines = [`cairn: ${error.message}`]
  if (hint !== null) lines.push(`  ${hint}`)
  else if (code === null)
    lines.push('  This is a defect of cairn. Run again with CAIRN_DEBUG=1 for the details, and report them.')
  if (debug) lines.push(error.stack ?? '')
  return {
    text: `${lines.join('\n')}\n`,
    code: code === null ? EXIT.failed : (CODE_BY_ERROR[code] ?? EXIT.failed),
  }
}
