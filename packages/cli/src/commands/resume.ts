import type { Invocation } from '../command.ts'
import { runSession } from '../run-session.ts'
import { openSessions } from '@cairn/server'
import { stringOption } from '../parse-command-line.ts'
import { resolve } from 'node:path'
import { UsageError } from '../usage-error.ts'

const LIKE_AN_ID = /^0[0-9a-z]{5,}$/

export async function run(invocation: Invocation): Promise<number> {
  const { io, values, positionals } = invocation
  const sessions = openSessions(io.env)
  const cwd = resolve(io.cwd(), stringOption(values, 'cwd') ?? '.')
  const [first, second] = positionals
  const byId = values['last'] !== true && first !== undefined && sessions.find(first) !== null
  if (values['last'] === true && second !== undefined)
    throw new UsageError('--last takes one text, not two words', 'Put the text in quotes.')
  const session = byId ? sessions.find(first) : sessions.last(cwd)
  const text = byId ? second : first
  // A mistyped id must not become a message to another session.
  const missed =
    values['last'] !== true &&
    !byId &&
    (second !== undefined || (first !== undefined && LIKE_AN_ID.test(first)))
  if (missed)
    throw new UsageError(
      `there is no session ${first}, or more than one begins like that`,
      'See `cairn sessions --all`.',
    )
  if (session === null)
    throw new UsageError(
      `there is no session of ${cwd} to resume`,
      'See `cairn sessions --all`, or start one with `cairn run "<task>"`.',
    )
  if (values['lift-stop'] === true) {
    const { liftStop } = await import('@cairn/guard')
    liftStop(sessions.dataDir, session.id)
  }
  return runSession({ invocation, sessionId: session.id, text: text ?? null, cwd: session.cwd })
}
