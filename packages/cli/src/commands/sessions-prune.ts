import { escapeForDisplay } from '@cairn/guard'
import { loadOrCreateKey, pruneSessions, sessionsToPrune } from '@cairn/journal'
import { existsSync } from 'node:fs'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { numberOption } from '../parse-command-line.ts'
import { isInWorktree, openSessions } from '@cairn/server'
import { dropSearchIndex } from '../sessions/search-index.ts'
import { UsageError } from '../usage-error.ts'

const DAY_MS = 86_400_000

/** `cairn sessions prune --older-than DAYS [--keep N] [--yes]`: of all folders. */
export async function run({ io, values }: Invocation): Promise<number> {
  const days = numberOption(values, 'older-than', { integer: false, least: 0 })
  if (days === null)
    throw new UsageError('`cairn sessions prune` needs an age', 'For example --older-than 180, in days.')
  const keep = numberOption(values, 'keep', { integer: true, least: 0 }) ?? 0
  const sessions = openSessions(io.env)
  const chosen = sessionsToPrune(sessions.list(null), { before: Date.now() - days * DAY_MS, keep })
  if (values['yes'] !== true) {
    if (values['json'] === true) io.stdout.write(`${JSON.stringify({ would: chosen.map(({ id }) => id) })}\n`)
    else {
      for (const { id } of chosen) io.stdout.write(`${id}\n`)
      io.stderr.write(`${count(chosen.length, 'session')} would be deleted; with --yes it is done\n`)
    }
    return 0
  }
  const { pruned, busy } = pruneSessions(sessions.dataDir, chosen, {
    key: loadOrCreateKey(sessions.dataDir),
    now: Date.now,
  })
  if (pruned.length > 0) dropSearchIndex(sessions.dataDir)
  if (values['json'] === true) io.stdout.write(`${JSON.stringify({ pruned, busy })}\n`)
  else {
    io.stderr.write(
      `deleted ${count(pruned.length, 'session')}; their checkpoints are kept in pruned.jsonl\n`,
    )
    for (const { id, cwd } of chosen)
      if (pruned.some((one) => one.id === id) && isInWorktree(sessions.dataDir, cwd) && existsSync(cwd))
        io.stderr.write(
          `its worktree stays, with what was made there: ${escapeForDisplay(cwd)} (git worktree remove)\n`,
        )
    for (const id of busy) io.stderr.write(`${id} is being written and stays\n`)
  }
  return busy.length === 0 ? 0 : 1
}
