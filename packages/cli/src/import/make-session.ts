import { findCheck, repositoryRoot, sessionRedactor } from '@cairn/agent'
import {
  newSessionId,
  openStore,
  recordSession,
  restoreExport,
  type Event,
  type EventBodies,
  type JournalStore,
  type SigningKey,
} from '@cairn/journal'
import type { Sessions } from '@cairn/server'
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { UsageError } from '../usage-error.ts'
import { VERSION } from '../version.ts'
import type { ImportedSession } from './imported-session.ts'

const OWN_ID = /^[0-9a-z]{20}$/
/** In UTF-16 code units. */
const TITLE_LENGTH = 120

/** A file, and what it is known by. */
export interface Source {
  path: string
  sha256: string
  bytes: number
}

export interface Done {
  id: string
  imported: EventBodies['session.imported']
}

/** Brings back a verified export under its own id where that is free, event by event. */
export async function restoreSession(
  { path, sha256, bytes }: Source,
  from: { sessions: Sessions; key: SigningKey; session: string; root: string },
): Promise<Done> {
  const { sessions, session, root } = from
  const free = OWN_ID.test(session) && !existsSync(sessions.path(session))
  const id = free ? session : newSessionId(Date.now(), randomBytes)
  const kinds = { messages: 0, answers: 0, results: 0 }
  return written(sessions, id, from.key, async (store) => {
    await restoreExport(path, store, root)
    let last: Event | null = null
    for (const event of store.read()) {
      if (event.kind === 'user.message') kinds.messages += 1
      else if (event.kind === 'model.answered') kinds.answers += 1
      else if (event.kind === 'tool.done') kinds.results += 1
      last = event
    }
    const imported: EventBodies['session.imported'] = {
      source: 'cairn',
      sha256,
      bytes,
      session,
      agent: 'cairn',
      trusted: true,
      ...kinds,
      leftOut: 0,
    }
    const at = { time: Date.now(), turn: last?.turn ?? 0, step: last?.step ?? 0 }
    store.append([{ ...at, kind: 'session.imported', body: imported }])
    return { id, imported }
  })
}

/** Runs `write` on a new journal and lists it; nothing is left where it fails. */
async function written(
  sessions: Sessions,
  id: string,
  key: SigningKey,
  write: (store: JournalStore) => Promise<Done>,
): Promise<Done> {
  const path = sessions.path(id)
  const store = openStore(path, { sessionId: id, mode: 'writer', now: Date.now, key })
  try {
    const done = await write(store)
    const [start] = store.read({ kinds: ['session.started'] })
    if (start?.kind === 'session.started' && start.body.parent === undefined) {
      const { cwd, title, model } = start.body
      recordSession(sessions.dataDir, {
        id,
        cwd,
        title,
        startedAt: start.time,
        updatedAt: Date.now(),
        status: 'open',
        model: `${model.provider}/${model.id}`,
        costUsd: null,
      })
    }
    store.close()
    return done
  } catch (error) {
    store.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
    throw error
  }
}

/** Makes a new session of a conversation. */
export async function convertSession(
  session: ImportedSession,
  to: {
    file: Source
    trusted: boolean
    sessions: Sessions
    key: SigningKey
    env: NodeJS.ProcessEnv
    cwd: string
  },
): Promise<Done> {
  const { file, trusted, sessions, key, env, cwd } = to
  const { steps, source, agent, leftOut } = session
  if (!steps.some(({ type }) => type !== 'result'))
    throw new UsageError(`nothing was said in ${file.path}`, 'There is nothing to go on with.')
  const { recordImport } = await import('@cairn/agent/import')
  const id = newSessionId(Date.now(), randomBytes)
  const redactor = sessionRedactor({ sessionId: id, key, env, secrets: [] })
  const first = steps.find((step) => step.type === 'message')?.text
  const title = redactor.redactRegistered(session.title ?? first ?? `session of ${agent}`).text
  const { sha256, bytes } = file
  return written(sessions, id, key, async (store) => {
    const imported = recordImport(store, {
      start: {
        version: VERSION,
        cwd,
        repositoryRoot: repositoryRoot(cwd),
        title: title.slice(0, TITLE_LENGTH),
        check: findCheck(cwd, null),
        dataDir: sessions.dataDir,
        model: { info: { provider: 'imported', id: session.model ?? agent } },
      },
      source: { source, sha256, bytes, session: session.session, agent, trusted, leftOut },
      steps,
      redactor,
      now: Date.now(),
    })
    return { id, imported }
  })
}
