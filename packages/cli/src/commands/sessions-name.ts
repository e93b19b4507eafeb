import type { Invocation } from '../command.ts'
import { openSessions } from '@cairn/server'
import { nameSession } from '../sessions/name-session.ts'
import { UsageError } from '../usage-error.ts'

/** `cairn sessions name ID NAME`. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const [, id, name] = positionals
  if (id === undefined || name === undefined)
    throw new UsageError(
      '`cairn sessions name` needs a session and a name',
      'For example: cairn sessions name 01jd port-work',
    )
  const sessions = openSessions(io.env)
  const session = sessions.need(id, io.cwd())
  const kept = nameSession(sessions, session, name, io.env, Date.now)
  if (values['json'] === true) io.stdout.write(`${JSON.stringify({ session: session.id, name: kept })}\n`)
  else io.stderr.write(`${session.id} is called ${kept}; go on with: cairn resume ${JSON.stringify(kept)}\n`)
  return 0
}
