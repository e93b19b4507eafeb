import { forkSession, openSessions } from '@cairn/server'
import type { Invocation } from '../command.ts'
import { numberOption } from '../parse-command-line.ts'

/** Copies a session up to the end of one of its turns into a new one; the files stay as they are. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const sessions = openSessions(io.env)
  const session = sessions.need(positionals[0] ?? null, io.cwd())
  const id = forkSession(sessions, session.id, numberOption(values, 'turn', { integer: true, least: 1 }))
  if (values['json'] === true) io.stdout.write(`${JSON.stringify({ session: id, parent: session.id })}\n`)
  else {
    io.stdout.write(`${id}\n`)
    io.stderr.write(`a copy of ${session.id}; go on with: cairn resume ${id} "<task>"\n`)
  }
  return 0
}
