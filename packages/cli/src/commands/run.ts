import { readFileSync } from 'node:fs'
import type { Invocation } from '../command.ts'
import { runSession } from '../run-session.ts'
import { UsageError } from '../usage-error.ts'

export async function run(invocation: Invocation): Promise<number> {
  const [word = ''] = invocation.positionals
  const text = (word === '-' ? readFileSync(0, 'utf8') : word).trim()
  if (text === '')
    throw new UsageError('the task is empty', 'For example: cairn run "make the failing tests pass"')
  return runSession({ invocation, sessionId: null, text })
}
