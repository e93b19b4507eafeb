import { createRedactor } from '@cairn/guard'
import { loadOrCreateKey, openStore, recordSession, type SessionSummary } from '@cairn/journal'
import type { Sessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

/** In UTF-16 code units. */
const NAME_LENGTH = 80
const LIKE_AN_ID = /^0[0-9a-z]{5,}$/u

/** A name as it may be given, so that it is never taken for something else. Throws `UsageError`. */
export function checkName(name: string, id: string | null, sessions: Sessions): string {
  const wanted = name.trim()
  const hint = 'Take a short name of one line, for example port-work.'
  if (wanted === '' || wanted.length > NAME_LENGTH)
    throw new UsageError(`a name has 1 to ${NAME_LENGTH} characters`, hint)
  if (/[\p{Cc}\p{Cf}]/u.test(wanted)) throw new UsageError('a name is one line of visible characters', hint)
  if (wanted.startsWith('-') || LIKE_AN_ID.test(wanted))
    throw new UsageError(`${JSON.stringify(wanted)} would be taken for an option or an id`, hint)
  const other = sessions.list(null).find((session) => session.name === wanted && session.id !== id)
  if (other !== undefined)
    throw new UsageError(
      `session ${other.id} is called ${JSON.stringify(wanted)} already`,
      'Take another name, or name that one anew.',
    )
  return wanted
}

/** Names a session that nobody has open, in its journal and in the list. */
export function nameSession(
  sessions: Sessions,
  session: SessionSummary,
  name: string,
  env: NodeJS.ProcessEnv,
  now: () => number,
): string {
  const { text } = createRedactor({ registered: [], env, salt: Buffer.from(session.id) }).redactRegistered(
    checkName(name, session.id, sessions),
  )
  const store = openStore(sessions.path(session.id), {
    sessionId: session.id,
    mode: 'writer',
    now,
    key: loadOrCreateKey(sessions.dataDir),
  })
  try {
    const [last] = store.read({ from: store.head().size })
    const { turn, step } = last ?? { turn: 0, step: 0 }
    store.append([{ time: now(), turn, step, kind: 'session.renamed', body: { title: text } }])
  } finally {
    store.close()
  }
  recordSession(sessions.dataDir, { ...session, title: text, name: text })
  return text
}
