import { orderStop } from '@cairn/guard'
import { JournalError, openStore } from '@cairn/journal'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { localIdentity } from '../approval-setup.ts'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { openSessions, type Sessions } from '@cairn/server'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'

/** A session ends by itself within this; after it its process is killed. In milliseconds. */
const GRACE_MS = 1_000
const POLL_MS = 50

/** The process that writes a session; null where none does. */
function writerOf(sessions: Sessions, id: string): number | null {
  try {
    openStore(sessions.path(id), { sessionId: id, mode: 'writer', now: Date.now }).close()
    return null
  } catch (error) {
    if (!JournalError.isInstance(error) || error.code !== 'locked') throw error
    const { pid, host } = error.facts
    return host === hostname() && typeof pid === 'number' ? pid : null
  }
}

/** Whether the session has taken note since `after`: its processes are gone then, and it ends by itself. */
function hasStopped(sessions: Sessions, id: string, after: number): boolean {
  const store = sessions.open(id)
  try {
    for (const { time } of store.read({ kinds: ['session.stopped'] })) if (time >= after) return true
    return false
  } finally {
    store.close()
  }
}

async function stopOne(sessions: Sessions, id: string, began: number): Promise<string> {
  const pid = writerOf(sessions, id)
  if (pid === null) return `${id} is not running; it stays stopped`
  while (Date.now() - began < GRACE_MS) {
    if (hasStopped(sessions, id, began)) return `${id} stopped`
    if (writerOf(sessions, id) === null) return `${id} stopped`
    await delay(POLL_MS)
  }
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    return `${id} stopped`
  }
  return `${id} did not react; its process ${pid} was killed`
}

export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const sessions = openSessions(io.env)
  const [word] = positionals
  const all = values['all'] === true
  if (all === (word !== undefined))
    throw new UsageError('cairn stop needs a session or --all', 'See `cairn sessions --all`.')
  const order = { by: localIdentity(), reason: stringOption(values, 'reason') ?? '' }
  const ids = all
    ? sessions
        .list(null)
        .filter(({ id, status }) => status === 'open' && writerOf(sessions, id) !== null)
        .map(({ id }) => id)
    : [sessions.need(word ?? null, io.cwd()).id]
  const began = Date.now()
  if (all) orderStop(sessions.dataDir, null, order)
  for (const id of ids) orderStop(sessions.dataDir, id, order)
  const lines = await Promise.all(ids.map((id) => stopOne(sessions, id, began)))
  for (const line of lines) io.stdout.write(`${line}\n`)
  if (all) io.stdout.write(`${count(ids.length, 'session')} stopped\n`)
  return 0
}
