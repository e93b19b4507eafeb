import { copyJournal, loadOrCreateKey, newSessionId, openStore, recordSession } from '@cairn/journal'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { Invocation } from '../command.ts'
import { numberOption } from '../parse-command-line.ts'
import { openSessions } from '../session-files.ts'
import { UsageError } from '../usage-error.ts'

/** Copies a session up to the end of one of its turns into a new one; the files stay as they are. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const sessions = openSessions(io.env)
  const session = sessions.need(positionals[0] ?? null, io.cwd())
  const turn = numberOption(values, 'turn', { integer: true, least: 1 })
  const from = sessions.open(session.id)
  const id = newSessionId(Date.now(), randomBytes)
  const path = sessions.path(id)
  try {
    const size = from.head().size
    let seq = size
    if (turn !== null) {
      seq = [...from.read({ kinds: ['session.finished'] })].find((event) => event.turn === turn)?.seq ?? 0
      if (seq === 0)
        throw new UsageError(`turn ${turn} is not in ${session.id}, or did not end`, 'See `cairn show`.')
    }
    const to = openStore(path, {
      sessionId: id,
      mode: 'writer',
      now: Date.now,
      key: loadOrCreateKey(sessions.dataDir),
    })
    try {
      copyJournal(from, to, seq, Date.now())
    } catch (error) {
      to.close()
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
      throw error
    }
    to.close()
  } finally {
    from.close()
  }
  const now = Date.now()
  recordSession(sessions.dataDir, { ...session, id, name: null, startedAt: now, updatedAt: now })
  if (values['json'] === true) io.stdout.write(`${JSON.stringify({ session: id, parent: session.id })}\n`)
  else {
    io.stdout.write(`${id}\n`)
    io.stderr.write(`a copy of ${session.id}; go on with: cairn resume ${id} "<task>"\n`)
  }
  return 0
}
