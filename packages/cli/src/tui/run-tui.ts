import { findCheck } from '@cairn/agent'
import { escapeForDisplay } from '@cairn/guard'
import { randomBytes } from 'node:crypto'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { chooseModel } from '../choose-model.ts'
import { loadConfig } from '../config/config.ts'
import { stringOption } from '../parse-command-line.ts'
import { prepareDataFolder } from '@cairn/server'
import { budgetOf, workspaceFolder } from '../run-session.ts'
import { readScope } from '../read-scope.ts'
import { leavePlace, openSessions, type SessionPlace } from '@cairn/server'
import { choosePlace } from '../choose-place.ts'
import type { TuiSetup } from './driver/tui-setup.ts'

/** Opens the terminal UI, or with `--plain` its linear form, and runs it until the person leaves. */
export async function runTui(invocation: Invocation): Promise<number> {
  const { io, values } = invocation
  const { env } = io
  const sessions = openSessions(env)
  prepareDataFolder(sessions.dataDir)
  const named = stringOption(values, 'resume')
  const asked = workspaceFolder(resolve(io.cwd(), stringOption(values, 'cwd') ?? '.'))
  const resumed = named !== null || values['last'] === true ? sessions.need(named, asked) : null
  const { newSessionId } = await import('@cairn/journal')
  const { dataDir } = sessions
  const sessionId = resumed?.id ?? newSessionId(Date.now(), randomBytes)
  const place = await choosePlace(
    invocation,
    { cwd: resumed?.cwd ?? asked, dataDir, sessionId },
    resumed === null ? null : sessions.path(resumed.id),
  )
  for (const note of place.notes) io.stderr.write(`${escapeForDisplay(note)}\n`)
  try {
    return await runAt(invocation, place, { sessionId, resumes: resumed !== null })
  } finally {
    for (const line of await leavePlace(place, sessionId, env)) io.stdout.write(`${escapeForDisplay(line)}\n`)
  }
}

async function runAt(
  invocation: Invocation,
  place: SessionPlace,
  { sessionId, resumes }: { sessionId: string; resumes: boolean },
): Promise<number> {
  const { io, values, positionals } = invocation
  const { env } = io
  const home = env['HOME'] ?? homedir()
  const config = await loadConfig(env, home)
  const scope = await readScope(values, io.cwd(), Date.now())
  const model = await chooseModel(values, config, env)
  const cwd = workspaceFolder(place.cwd)
  const check = stringOption(values, 'check')
  // A check that cannot be used is told now, not after the first message.
  findCheck(cwd, check)
  const setup: TuiSetup = {
    env,
    scope,
    home,
    cwd,
    place,
    ...(resumes ? {} : { firstId: sessionId }),
    check,
    budget: budgetOf(values, config),
    model,
    mcp: config.mcp,
    parseToml: (await import('smol-toml')).parse,
    subAgents: config.sub_agents !== false,
    dataDir: openSessions(env).dataDir,
    notice: model.notice,
    resume: resumes ? sessionId : null,
    text: positionals[0] ?? null,
  }
  const plain = values['plain'] === true || env['TERM'] === 'dumb' || io.stdout.isTTY !== true
  if (plain) return (await import('./driver/plain-ui.ts')).runPlainUi(invocation, setup)
  return (await import('./driver/live-ui.ts')).runLiveUi(invocation, setup)
}
