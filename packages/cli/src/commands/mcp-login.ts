import { AgentError, logIn, openTokenStore, receiveCallback, type FoundServer } from '@cairn/agent'
import { escapeForDisplay } from '@cairn/guard'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import type { Invocation } from '../command.ts'
import { openBrowser } from '../open-browser.ts'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'
import { findPlace, serverNamed } from './mcp-servers.ts'

/** A person has this long to log in. */
const LOGIN_MS = 300_000
const MOST_REASON = 300

function reachedByUrl({ listed, server }: FoundServer) {
  if (listed.state !== 'active')
    throw new UsageError(
      `${listed.name} of ${listed.from} is not used (${listed.state})`,
      'See `cairn mcp list`.',
    )
  const { run } = server
  if (!('url' in run))
    throw new UsageError(
      `${listed.name} is started as a command, which has no login`,
      'Give it its key with `env`; see docs/mcp.md.',
    )
  return run
}

/** Logs the person in at a server that wants it, in their browser. */
export async function login(invocation: Invocation, name: string | undefined): Promise<number> {
  const { io, values } = invocation
  const { servers, home } = await findPlace(invocation)
  const found = serverNamed(servers, name)
  const { url, oauth = {} } = reachedByUrl(found)
  const scope = stringOption(values, 'oauth-scope')
  const cancel = cancelOnSignal(io, Date.now)
  await using receiver = await receiveCallback(oauth.port)
  try {
    const given = await logIn({
      server: url,
      settings: { ...oauth, ...(scope === null ? {} : { scope }) },
      receiver,
      open(address) {
        io.stderr.write(`Log in at ${escapeForDisplay(found.listed.name)} here:\n\n  ${address.href}\n\n`)
        if (io.stdout.isTTY === true && values['no-browser'] !== true) openBrowser(address, process.platform)
      },
      signal: AbortSignal.any([cancel.signal, AbortSignal.timeout(LOGIN_MS)]),
    })
    openTokenStore(home.dataDir).write(given)
    io.stdout.write(
      `${escapeForDisplay(`You are logged in at ${found.listed.name}${given.scope === null ? '' : `, with the rights ${given.scope}`}.`)}\n`,
    )
    return 0
  } catch (error) {
    if (error instanceof AgentError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new AgentError(
      'mcp-login',
      escapeForDisplay(`the login at ${found.listed.name} failed: ${why.slice(0, MOST_REASON)}`),
      'Nothing was kept. Try again, or tell whoever runs the server.',
      { cause: error },
    )
  } finally {
    cancel.done()
  }
}

/** Forgets what a login gave. */
export async function logout(invocation: Invocation, name: string | undefined): Promise<number> {
  const { servers, home } = await findPlace(invocation)
  const found = serverNamed(servers, name)
  const { run } = found.server
  const was = 'url' in run && openTokenStore(home.dataDir).remove(run.url)
  invocation.io.stdout.write(
    was
      ? `You are logged out at ${found.listed.name}: what was kept here is removed. The server may show it as active until it expires.\n`
      : `You were not logged in at ${found.listed.name}.\n`,
  )
  return 0
}
