import { serveAcp } from '@cairn/server/acp'
import { homedir, userInfo } from 'node:os'
import { Readable, Writable } from 'node:stream'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import { chooseModel } from '../choose-model.ts'
import { chooseOther, modelCandidates } from '../choose-other.ts'
import type { Invocation } from '../command.ts'
import { loadConfig } from '../config/config.ts'
import { EXIT } from '../exit-code.ts'
import { budgetOf } from '../run-session.ts'
import { VERSION } from '../version.ts'

/** Serves one client until it goes. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, values } = invocation
  const { env } = io
  const home = env['HOME'] ?? homedir()
  const config = await loadConfig(env, home)
  // What is wrong with the options is told before a client waits for an answer.
  await chooseModel(values, config, env)
  const cancel = cancelOnSignal(io, Date.now)
  try {
    await serveAcp({
      env,
      home,
      version: VERSION,
      budget: budgetOf(values, config),
      subAgents: config.sub_agents !== false,
      parseToml: (await import('smol-toml')).parse,
      mcp: config.mcp,
      by: `acp:${userInfo().username}`,
      model: () => chooseModel(values, config, env),
      chooseModel: (reference, provider) => chooseOther(reference, invocation, provider),
      modelNames: (present) => modelCandidates(env, present),
      // The streams of Node for the web know no element type.
      input: Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
      output: Writable.toWeb(process.stdout),
      signal: cancel.signal,
    })
    return cancel.signal.aborted ? EXIT.cancelled : EXIT.ok
  } finally {
    cancel.done()
  }
}
