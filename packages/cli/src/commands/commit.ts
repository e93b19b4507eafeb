import { openCheckpoints } from '@cairn/agent'
import { createRedactor, escapeForDisplay, openOwnGit, type OwnGit } from '@cairn/guard'
import { loadOrCreateKey, openStore, type JournalStore, type SessionSummary } from '@cairn/journal'
import type { CommitPlan, CommitRequest, CommitScope } from '@cairn/review/commit'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { Invocation, Io } from '../command.ts'
import { chooseModel } from '../choose-model.ts'
import { loadConfig } from '../config/config.ts'
import { EXIT } from '../exit-code.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

/** `cairn commit`: commits what a session changed, with a message made from its journal. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const scope = scopeOf(values)
  const message = stringOption(values, 'message')
  if (message !== null && message.trim() === '')
    throw new UsageError('--message is empty', 'Leave it out for a subject from the request.')
  const sessions = openSessions(io.env)
  const session = sessions.need(positionals[0] ?? null, io.cwd())
  const cwd = folderOf(session)
  const chosen = await hooksChosen(values, io)
  const git = await openOwnGit({ cwd, env: io.env, hooks: chosen === true })
  if (git === null) throw new UsageError(`${cwd} is in no git repository`, 'Make one with `git init`.')
  const dryRun = values['dry-run'] === true
  const path = sessions.path(session.id)
  const store = dryRun
    ? sessions.open(session.id)
    : openStore(path, {
        sessionId: session.id,
        mode: 'writer',
        now: Date.now,
        key: loadOrCreateKey(sessions.dataDir),
      })
  const checkpoints = openCheckpoints(sessions.dataDir, cwd, io.env)
  const scratch = mkdtempSync(join(tmpdir(), 'cairn-commit-'))
  try {
    const { planCommit } = await import('@cairn/review/commit')
    const plan = await planCommit({
      git,
      hooks: chosen === true,
      store,
      checkpoints,
      folder: relative(git.repository.root, cwd),
      tree: await treeOf(cwd, io),
      scope,
      message,
      draft: await drafterOf(values, io),
      trailers: await trailersOf(store, dryRun),
      redactor: createRedactor({ registered: [], env: io.env, salt: randomBytes(16) }),
      index: join(scratch, 'index'),
    })
    if (plan.hooks.length > 0 && chosen === null && !dryRun)
      throw new UsageError(
        `${plan.hooks.join(', ')} would run for a commit here, outside of the sandbox, on files that the session changed`,
        'Say --hooks or --no-hooks, or set commit_hooks in the configuration.',
      )
    const refused = plan.objections.length > 0 && values['yes'] !== true
    const made = dryRun || refused ? null : await carryOut(git, plan, store)
    if (values['json'] === true) io.stdout.write(`${JSON.stringify(report(session.id, plan, made))}\n`)
    else print(io, plan, made, { dryRun, refused })
    return refused && !dryRun ? EXIT.open : EXIT.ok
  } finally {
    await checkpoints.close()
    store.close()
    rmSync(scratch, { recursive: true, force: true })
  }
}

interface Made {
  commit: string
  problem: string | null
}

function scopeOf(values: Invocation['values']): CommitScope {
  if (values['all'] === true && values['staged'] === true)
    throw new UsageError('--all and --staged do not go together', 'Give one of them.')
  return values['all'] === true ? 'all' : values['staged'] === true ? 'staged' : 'session'
}

function folderOf({ id, cwd }: SessionSummary): string {
  if (existsSync(cwd)) return realpathSync(cwd)
  throw new UsageError(`the folder of ${id} is gone: ${cwd}`, 'Name another session: cairn commit ID.')
}

/** Null where nobody asked for a draft, or only the embedded engine is there, which has no words. */
async function drafterOf(values: Invocation['values'], io: Io): Promise<CommitRequest['draft']> {
  if (values['draft'] !== true) return null
  const { model } = await chooseModel(values, await loadConfig(io.env, io.env['HOME'] ?? homedir()), io.env)
  if (model.info.provider === 'embedded')
    throw new UsageError(
      '--draft needs a model; there is only the embedded engine',
      'Give --model, or leave it out.',
    )
  const { draftSubject } = await import('@cairn/review/commit')
  return async (evidence, files) => {
    const drafted = await draftSubject(model, evidence, files)
    if (!drafted.ok) io.stderr.write(`${escapeForDisplay(`note: no draft of a subject: ${drafted.why}`)}\n`)
    return drafted.ok ? drafted.subject : null
  }
}

/** Null: nobody has said whether hooks run. */
async function hooksChosen(values: Invocation['values'], io: Io): Promise<boolean | null> {
  if (values['hooks'] === true && values['no-hooks'] === true)
    throw new UsageError('--hooks and --no-hooks do not go together', 'Give one of them.')
  if (values['hooks'] === true) return true
  if (values['no-hooks'] === true) return false
  return (await loadConfig(io.env, io.env['HOME'] ?? homedir())).commit_hooks ?? null
}

async function treeOf(cwd: string, io: Io): Promise<string> {
  const { openWorkspace } = await import('@cairn/workspace')
  return openWorkspace({ root: cwd, env: io.env }).treeHash()
}

async function trailersOf(store: JournalStore, dryRun: boolean): Promise<string[]> {
  const { commitTrailers, describeSession } = await import('@cairn/review/attest')
  if (!dryRun) store.sign()
  return commitTrailers(describeSession(store, store.head().size), store.checkpoints().at(-1) ?? null)
}

async function carryOut(git: OwnGit, plan: CommitPlan, store: JournalStore): Promise<Made> {
  const { createCommit } = await import('@cairn/review/commit')
  const made = await createCommit(git, plan)
  const [last] = store.read({ from: store.head().size })
  const body = {
    commit: made.commit,
    parent: plan.head,
    branch: plan.branch,
    files: plan.files.length,
    left: plan.sessionLeft,
  }
  store.append([
    { time: Date.now(), turn: last?.turn ?? 0, step: last?.step ?? 0, kind: 'change.committed', body },
  ])
  store.sign()
  return made
}

const report = (session: string, plan: CommitPlan, made: Made | null) => ({
  session,
  commit: made?.commit ?? null,
  branch: plan.branch,
  message: plan.message,
  files: plan.files,
  left: plan.left,
  notes: [...plan.notes, ...(made?.problem == null ? [] : [made.problem])],
  objections: plan.objections,
})

const MARKS = { added: 'A', modified: 'M', deleted: 'D' } as const

function print(
  { stdout, stderr }: Io,
  plan: CommitPlan,
  made: Made | null,
  { dryRun, refused }: { dryRun: boolean; refused: boolean },
): void {
  const say = (text: string) => stderr.write(`${escapeForDisplay(text)}\n`)
  for (const { path, op } of plan.files) say(`  ${MARKS[op]} ${path}`)
  for (const { path, why } of plan.left) say(`  left out: ${path} (${why})`)
  for (const note of [...plan.notes, ...(made?.problem == null ? [] : [made.problem])]) say(`note: ${note}`)
  for (const objection of plan.objections) say(`${refused ? 'refused' : 'accepted with --yes'}: ${objection}`)
  if (dryRun) stdout.write(escapeForDisplay(plan.message))
  else if (made !== null)
    stdout.write(
      escapeForDisplay(
        `${made.commit.slice(0, 12)} on ${plan.branch ?? 'a detached HEAD'}: ${plan.subject}\n`,
      ),
    )
  else say('Nothing was committed. Go on with the session, or say --yes; the message will tell it.')
}
