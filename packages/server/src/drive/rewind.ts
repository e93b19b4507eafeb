import type { Rewound } from '@cairn/agent'
import type { Sessions } from './sessions.ts'

/**
 * Takes back the newest turns of a session, conversation and files, or brings back what was taken back last. The session
 * must not be open elsewhere: whoever writes its journal holds its lease. Throws `AgentError` `nothing-to-undo`,
 * `nothing-to-redo`.
 */
export async function rewind(
  sessions: Sessions,
  session: { id: string; cwd: string },
  how: { way: 'undo' | 'redo'; turns: number; force: boolean; env: NodeJS.ProcessEnv },
): Promise<Rewound> {
  const { openCheckpoints, redoTurns, undoTurns } = await import('@cairn/agent')
  const { loadOrCreateKey, openStore } = await import('@cairn/journal')
  const { id, cwd } = session
  const store = openStore(sessions.path(id), {
    sessionId: id,
    mode: 'writer',
    now: Date.now,
    key: loadOrCreateKey(sessions.dataDir),
  })
  const checkpoints = openCheckpoints(sessions.dataDir, cwd, how.env)
  try {
    const options = { store, checkpoints, cwd, now: Date.now, force: how.force }
    return await (how.way === 'undo' ? undoTurns(how.turns, options) : redoTurns(options))
  } finally {
    await checkpoints.close()
    store.close()
  }
}
