import { findCheck } from '@cairn/agent'
import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { chooseModel } from '../choose-model.ts'
import { loadConfig } from '../config/config.ts'
import { stringOption } from '../parse-command-line.ts'
import { prepareDataFolder } from '@cairn/server'
import { budgetOf, workspaceFolder } from '../run-session.ts'
import { readScope } from '../read-scope.ts'
import { openSessions } from '@cairn/server'
import type { TuiSetup } from './driver/tui-setup.ts'

/** Opens the terminal UI, or with `--plain` its linear form, and runs it until the person leaves. */
export async function runTui(invocation: Invocation): Promise<number> {
  const { io, values, positionals } = invocation
  const { env } = io
  const home = env['HOME'] ?? homedir()
  const config = await loadConfig(env, home)
  const scope = await readScope(values, io.cwd(), Date.now())
  const model = await chooseModel(values, config, env)
  const sessions = openSessions(env)
  prepareDataFolder(sessions.dataDir)
  const named = stringOption(values, 'resume')
  const asked = workspaceFolder(resolve(io.cwd(), stringOption(values, 'cwd') ?? '.'))
  const resumed = named !== null || values['last'] === true ? sessions.need(named, asked) : null
  const cwd = resumed === null ? asked : realpathSync(resumed.cwd)
  const check = stringOption(values, 'check')
  // A check that cannot be used is told now, not after the first message.
  findCheck(cwd, check)
  const setup: TuiSetup = {
    env,
    scope,
    home,
    cwd,
    check,
    budget: budgetOf(values, config),
    model,
    mcp: config.mcp,
    subAgents: config.sub_agents !== false,
    dataDir: sessions.dataDir,
    notice: model.notice,
    resume: resumed?.id ?? null,
    text: positionals[0] ?? null,
  }
  const plain = values['plain'] === true || env['TERM'] === 'dumb' || io.stdout.isTTY !== true
  if (plain) return (await import('./driver/plain-ui.ts')).runPlainUi(invocation, setup)
  return (await import('./driver/live-ui.ts')).runLiveUi(invocation, setup)
}
