import type { Budget } from '@cairn/agent'
import { escapeForDisplay, openTrust, trustFile } from '@cairn/guard'
import type { EndStatus, Event } from '@cairn/journal'
import type { ModelInfo } from '@cairn/models'
import { randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Invocation } from './command.ts'
import { approversOf } from './approval-setup.ts'
import { cancelOnSignal } from './cancel-on-signal.ts'
import { chooseModel } from './choose-model.ts'
import { loadConfig, type Config } from './config/config.ts'
import { exitCodeOf } from './exit-code.ts'
import { createHumanPrinter } from './output/human-printer.ts'
import { jsonLine } from './output/json-printer.ts'
import { createLiveLine } from './output/live-line.ts'
import { createPaint } from './output/paint.ts'
import { numberOption, stringOption } from './parse-command-line.ts'
import { leavePlace, openSessions, prepareDataFolder, type SessionPlace } from '@cairn/server'
import { choosePlace } from './choose-place.ts'
import { readScope } from './read-scope.ts'
import { UsageError } from './usage-error.ts'
import { VERSION } from './version.ts'

export interface SessionRun {
  invocation: Invocation
  /** Null: a new session. */
  sessionId: string | null
  /** Null: go on with what was interrupted. */
  text: string | null
  /** Overrides the option and the present folder. */
  cwd?: string
  check?: string
}

/** Limits of one request, from options and configuration. */
export function budgetOf(values: Invocation['values'], config: Config): Budget {
  return {
    steps: numberOption(values, 'max-steps', { integer: true, least: 1 }) ?? config.max_steps ?? null,
    tokens: numberOption(values, 'max-tokens', { integer: true, least: 1 }) ?? config.max_tokens ?? null,
    usd: numberOption(values, 'max-cost', { integer: false, least: 0 }) ?? config.max_cost ?? null,
    seconds: numberOption(values, 'timeout', { integer: false, least: 0.001 }) ?? config.timeout ?? null,
  }
}

/** Sessions are found again by their folder, so it is named by its one real path. */
export function workspaceFolder(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    throw new UsageError(`there is no folder ${path}`, 'Give an existing folder with --cwd.')
  }
}

/** Images are read before anything is begun. Where the model takes none, an image that is only named stays a name. */
async function inputOf({ text, invocation }: SessionRun, cwd: string, model: ModelInfo) {
  const list = stringOption(invocation.values, 'image')
  if (text === null || (list === null && !model.images)) return text
  const [{ withImages }, { userInput }] = await Promise.all([
    import('./mentioned-images.ts'),
    import('@cairn/agent/image'),
  ])
  return userInput(withImages(text, list, list === null ? cwd : invocation.io.cwd()), model)
}

/** Runs one request in a new or an old session, prints it, and gives the exit code. */
export async function runSession(run: SessionRun): Promise<number> {
  const { io, values } = run.invocation
  const { newSessionId, sessionPath } = await import('@cairn/journal')
  const { dataDir } = openSessions(io.env)
  const sessionId = run.sessionId ?? newSessionId(Date.now(), randomBytes)
  const asked = resolve(io.cwd(), run.cwd ?? stringOption(values, 'cwd') ?? '.')
  const journal = sessionPath(dataDir, sessionId)
  const isNew = run.sessionId === null
  const where = { cwd: isNew ? workspaceFolder(asked) : asked, dataDir, sessionId }
  const place = await choosePlace(run.invocation, where, isNew ? null : journal)
  const say = (lines: readonly string[]) => {
    if (values['json'] !== true) for (const line of lines) io.stderr.write(`${escapeForDisplay(line)}\n`)
  }
  say(place.notes)
  try {
    return await runAt(run, place, sessionId)
  } finally {
    say(await leavePlace(place, sessionId, io.env))
  }
}

async function runAt(run: SessionRun, place: SessionPlace, sessionId: string): Promise<number> {
  const { io, values } = run.invocation
  const home = io.env['HOME'] ?? homedir()
  const config = await loadConfig(io.env, home)
  const budget = budgetOf(values, config)
  const scope = await readScope(values, io.cwd(), Date.now())
  const chosen = await chooseModel(values, config, io.env)
  const { composeSession, findCheck, loadServers, repositoryRoot } = await import('@cairn/agent')
  const { loadOrCreateKey, recordSession, sessionPath } = await import('@cairn/journal')

  const { dataDir } = openSessions(io.env)
  const cwd = workspaceFolder(place.cwd)
  const said = await inputOf(run, cwd, chosen.model.info)
  const check = findCheck(cwd, run.check ?? stringOption(values, 'check'))
  const json = values['json'] === true
  const paint = createPaint(io.stderr, io.env)
  const live = createLiveLine(io.stderr, io.env, paint)
  let contextShare: () => number | null = () => null
  const printer = createHumanPrinter({
    write: (text) => io.stderr.write(text),
    paint,
    live,
    columns: io.stderr.columns ?? 100,
    verbose: values['verbose'] === true,
    tellsEnd: false,
    now: Date.now,
    contextShare: () => contextShare(),
  })
  const print = (event: Event) => {
    if (json) io.stdout.write(jsonLine(sessionId, event))
    else printer.event(event)
  }
  const { info } = chosen.model
  if (chosen.notice !== null && !json) io.stderr.write(`${chosen.notice}\n`)
  if (budget.usd !== null && info.prices === null && info.provider !== 'embedded' && !json)
    io.stderr.write(
      `The price of ${info.provider}/${info.id} is not known: no limit of cost can stop this run.\n`,
    )

  prepareDataFolder(dataDir)
  const key = loadOrCreateKey(dataDir)
  const asking = approversOf(run.invocation, {
    dataDir,
    key,
    write(text) {
      live.clear()
      io.stderr.write(text)
    },
  })
  const repository = realpathSync(repositoryRoot(cwd))
  const mcp = loadServers({
    own: config.mcp,
    repository,
    trust: openTrust(trustFile(dataDir), repository),
    env: io.env,
    home: { path: home, dataDir },
    parseToml: (await import('smol-toml')).parse,
  })
  const session = await composeSession({
    mcp,
    subAgents: config.sub_agents !== false,
    sessionId,
    journal: sessionPath(dataDir, sessionId),
    key,
    approvers: asking.approvers,
    ...(asking.seconds === null ? {} : { approvalSeconds: asking.seconds }),
    cwd,
    ...(place.worktree === null ? {} : { worktree: place.worktree }),
    readable: place.readable,
    repositoryRoot: repositoryRoot(cwd),
    model: chosen.model,
    window: chosen.window,
    providerCompaction: chosen.providerCompaction,
    check,
    title: run.text ?? 'resumed',
    version: VERSION,
    ...(scope === null ? {} : { scope }),
    env: io.env,
    dataDir,
    home,
    now: Date.now,
    listener: print,
    onDelta: (delta) => {
      if (json || delta.type === 'void') return
      if (delta.type === 'call') printer.progress(`calling ${escapeForDisplay(delta.tool)}`)
      else printer.progress(delta.type === 'reasoning' ? 'thinking' : 'writing')
    },
  })
  if (!json) for (const problem of mcp.problems) io.stderr.write(`${escapeForDisplay(problem)}\n`)
  contextShare = () => {
    const { estimate, window } = session.context.usage()
    return window === 0 ? null : estimate / window
  }
  const cancel = cancelOnSignal(io, Date.now)
  const list = (status: EndStatus | 'open') => {
    const { provider, id } = chosen.model.info
    const { title, costUsd, startedAt } = session.state
    recordSession(dataDir, {
      id: sessionId,
      cwd,
      title,
      startedAt,
      updatedAt: Date.now(),
      status,
      model: `${provider}/${id}`,
      costUsd,
    })
  }
  try {
    list('open')
    const end = await session.run(said, budget, cancel.signal)
    live.clear()
    list(end.status)
    if (!json) {
      if (end.status !== 'cancelled') io.stdout.write(`${escapeForDisplay(end.summary)}\n`)
      io.stderr.write(`session ${sessionId}\n`)
    }
    return exitCodeOf(end.status)
  } finally {
    live.clear()
    cancel.done()
    await session.close()
    if (config.anchors !== undefined) {
      const { anchorAtEnd } = await import('./commands/log-anchor.ts')
      await anchorAtEnd(io, dataDir, { id: sessionId, path: sessionPath(dataDir, sessionId) }, config.anchors)
    }
  }
}
