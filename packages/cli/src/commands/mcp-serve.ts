import { mailboxApprover } from '@cairn/guard'
import { loadOrCreateKey } from '@cairn/journal'
import { openSessions, prepareDataFolder, workspaceFolder } from '@cairn/server'
import { serveMcp } from '@cairn/server/mcp'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { mailboxFolder, mailboxKey } from '../approval-setup.ts'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import { chooseModel } from '../choose-model.ts'
import type { Invocation } from '../command.ts'
import { loadConfig } from '../config/config.ts'
import { EXIT } from '../exit-code.ts'
import { stringOption } from '../parse-command-line.ts'
import { budgetOf } from '../run-session.ts'
import { VERSION } from '../version.ts'

/** Serves one client until it goes. Questions wait for `cairn approve` of a person in a terminal. */
export async function serve(invocation: Invocation): Promise<number> {
  const { io, values } = invocation
  const { env } = io
  const home = env['HOME'] ?? homedir()
  const config = await loadConfig(env, home)
  // What is wrong with the options is told before a client waits for an answer.
  await chooseModel(values, config, env)
  const named = values['root']
  const more = (Array.isArray(named) ? named : []).map(String)
  const first = stringOption(values, 'cwd') ?? more.shift() ?? '.'
  const roots = [first, ...more].map((path) => workspaceFolder(resolve(io.cwd(), path)))
  const { dataDir } = openSessions(env)
  prepareDataFolder(dataDir)
  const mailbox = mailboxApprover(mailboxFolder(dataDir), mailboxKey(loadOrCreateKey(dataDir)))
  const cancel = cancelOnSignal(io, Date.now)
  try {
    await serveMcp({
      env,
      home,
      version: VERSION,
      budget: budgetOf(values, config),
      subAgents: config.sub_agents !== false,
      parseToml: (await import('smol-toml')).parse,
      mcp: config.mcp,
      model: () => chooseModel(values, config, env),
      approvers: [mailbox],
      input: process.stdin,
      output: process.stdout,
      roots: [roots[0] ?? io.cwd(), ...roots.slice(1)],
      signal: cancel.signal,
    })
    return cancel.signal.aborted ? EXIT.cancelled : EXIT.ok
  } finally {
    cancel.done()
  }
}
