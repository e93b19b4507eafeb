import type { SecurityScope } from '@cairn/guard'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Invocation } from './command.ts'
import { stringOption } from './parse-command-line.ts'
import { UsageError } from './usage-error.ts'

/** The scope that `--mode security --scope FILE` names; null without a mode. Nothing starts in the mode without a valid one. */
export async function readScope(
  values: Invocation['values'],
  cwd: string,
  now: number,
): Promise<SecurityScope | null> {
  const mode = stringOption(values, 'mode')
  const named = stringOption(values, 'scope')
  if (mode !== null && mode !== 'security')
    throw new UsageError(`there is no mode ${JSON.stringify(mode)}`, 'The only mode is: --mode security')
  if (mode === null && named === null) return null
  if (mode === null) throw new UsageError('--scope is only for --mode security', 'Give both, or none.')
  if (named === null)
    throw new UsageError(
      '--mode security needs --scope FILE',
      'The file says what is authorised; docs/security-mode.md has an example.',
    )
  const path = resolve(cwd, named)
  const { GuardError, parseScope } = await import('@cairn/guard')
  const bad = (what: string, cause: unknown): never => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new GuardError(
      'bad-scope',
      `the scope ${path} ${what}: ${why}`,
      'Security mode does not start without a valid scope. See docs/security-mode.md.',
      { cause },
    )
  }
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    return bad('cannot be read', error)
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const text = bytes.toString('utf8')
  let value: unknown
  try {
    value = /^\s*\{/u.test(text) ? JSON.parse(text) : (await import('smol-toml')).parse(text)
  } catch (error) {
    return bad('is neither valid JSON nor TOML', error)
  }
  return parseScope(value, { path, sha256, now })
}
