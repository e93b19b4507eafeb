import { escapeForDisplay } from '@cairn/guard'
import { anchorSession, checkpointTrailer, loadOrCreateKey, parseAnchors } from '@cairn/journal'
import { homedir, hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Invocation, Io } from '../command.ts'
import { loadConfig } from '../config/config.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'

/** Signs a session and sends the checkpoint to `anchors`, targets parted by blanks. */
export function anchor(
  io: Pick<Io, 'env'>,
  dataDir: string,
  session: { id: string; path: string },
  anchors: string,
) {
  return anchorSession({
    journal: session.path,
    session: session.id,
    key: loadOrCreateKey(dataDir),
    targets: parseAnchors(anchors),
    secret: io.env['CAIRN_ANCHOR_SECRET'] ?? null,
    now: Date.now,
    host: hostname(),
    pid: process.pid,
    sleep: (ms) => sleep(ms),
  })
}

/** The same at the end of a run, where nothing that goes wrong may change how the run ended. */
export async function anchorAtEnd(
  io: Pick<Io, 'env' | 'stderr'>,
  dataDir: string,
  session: { id: string; path: string },
  anchors: string,
): Promise<void> {
  const warn = (text: string) => io.stderr.write(`cairn: the checkpoint was not kept elsewhere: ${text}\n`)
  try {
    const { outcomes } = await anchor(io, dataDir, session, anchors)
    for (const { target, ok, detail } of outcomes) if (!ok) warn(escapeForDisplay(`${target}: ${detail}`))
  } catch (error) {
    warn(escapeForDisplay(error instanceof Error ? error.message : String(error)))
  }
}

/** `cairn log anchor`: also prints the trailer for a commit. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const sessions = openSessions(io.env)
  const { id } = sessions.need(positionals[1] ?? null, io.cwd())
  const config = await loadConfig(io.env, io.env['HOME'] ?? homedir())
  const targets = stringOption(values, 'to') ?? config.anchors ?? ''
  const { note, outcomes } = await anchor(io, sessions.dataDir, { id, path: sessions.path(id) }, targets)
  const trailer = note === null ? null : checkpointTrailer(note)
  if (values['json'] === true)
    io.stdout.write(`${JSON.stringify({ session: id, checkpoint: note, trailer, outcomes })}\n`)
  else {
    for (const { target, ok, tries, detail } of outcomes)
      io.stderr.write(ok ? `✓ ${target}\n` : `✗ ${target}: ${detail} (${tries} tries)\n`)
    if (trailer !== null) io.stdout.write(`${trailer}\n`)
  }
  return outcomes.every(({ ok }) => ok) ? 0 : 1
}
