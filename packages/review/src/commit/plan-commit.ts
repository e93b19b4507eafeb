import type { OwnGit, Redactor } from '@cairn/guard'
import type { Store } from '@cairn/journal'
import type { Checkpoints } from '@cairn/workspace'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ReviewError } from '../review-error.ts'
import { commitHooks } from './commit-hooks.ts'
import { readEvidence, type Evidence } from './evidence.ts'
import { composeMessage, resultOf, type Standing } from './message.ts'
import { secretLines } from './secret-lines.ts'
import { sessionChanges, type SessionChanges } from './session-changes.ts'
import { stageFiles } from './stage-files.ts'
import { cutWords, MAX_SUBJECT, plainLine, subjectOf, subjectOfFiles } from './subject.ts'
import { failed, readWorkState, type ChangedPath } from './work-state.ts'

/** What goes into a commit: what the session changed, everything that differs from HEAD, or the index as it is. */
export type CommitScope = 'session' | 'all' | 'staged'

export interface CommitRequest {
  git: OwnGit
  /** Whether git runs hooks. */
  hooks: boolean
  /** Journal of the session. */
  store: Store
  /** Of the folder that the session works in. */
  checkpoints: Pick<Checkpoints, 'take' | 'load' | 'changes'>
  /** That folder, from the root of the repository; empty for the root. */
  folder: string
  /** Tree hash of that folder as it is now. */
  tree: string
  scope: CommitScope
  /** The person's words: the subject, and more behind an empty line. Null: the subject comes from the session. */
  message: string | null
  /** Makes a subject of what is known, or null where it cannot. Never asked where the person gave one. */
  draft: ((evidence: Evidence, files: readonly string[]) => Promise<string | null>) | null
  trailers: readonly string[]
  redactor: Pick<Redactor, 'redact'>
  /** Path for an index of its own, which does not exist yet. */
  index: string
}

export interface CommitPlan {
  head: string | null
  /** Null on a detached HEAD. */
  branch: string | null
  /** The index that is committed; undefined: that of the repository. */
  index: string | undefined
  subject: string
  message: string
  files: { path: string; op: 'added' | 'modified' | 'deleted' }[]
  /** Changed, and not in it. */
  left: { path: string; why: string }[]
  /** Files of the session that are not in it, from the folder of the session. */
  sessionLeft: string[]
  /** What a person should know. */
  notes: string[]
  /** What a person has to accept first. */
  objections: string[]
  /** Hooks that would run for a commit, and do not where `hooks` was not asked for. */
  hooks: string[]
}

const OPS: Record<string, CommitPlan['files'][number]['op']> = { A: 'added', D: 'deleted' }

/**
 * Looks at what a commit would hold and what its message may say; the repository stays as it is. Throws `ReviewError`
 * `nothing-to-commit`, or `not-committed` where git is in the middle of something or refuses.
 */
export async function planCommit(request: CommitRequest): Promise<CommitPlan> {
  const { git, store, checkpoints, folder, scope, index } = request
  refuseUnfinished(git)
  const head = await lineOf(git, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])
  const branch = await lineOf(git, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
  const changed = await readWorkState(git)
  const evidence = readEvidence(store)
  const begun = evidence.events.find((event) => event.kind === 'tree.checkpoint')?.body.head ?? null
  const base = begun !== null && begun === head ? `${head}:${folder}` : null
  const session = await sessionChanges(evidence.events, checkpoints, base)
  const own = (path: string): string | null =>
    folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null
  const ofSession = (path: string) => {
    const inside = own(path)
    return inside !== null && (session.paths.has(inside) || evidence.pending.includes(inside))
  }
  const wanted = changed.filter(({ path, kind }) => {
    if (kind === 'nested repository') return false
    return scope === 'all' || (kind !== 'submodule' && ofSession(path))
  })
  const used = scope === 'staged' ? undefined : index
  if (used !== undefined) await stageFiles(git, used, head, wanted)
  const files = await stagedFiles(git, used)
  if (files.length === 0) throw nothing(scope, store.sessionId, changed)
  const inCommit = new Set(files.map(({ path }) => path))
  const left = leftOut(changed, inCommit, scope, ofSession)
  const foreign = files
    .map(({ path }) => path)
    .filter((path) => !ofSession(path) || session.mixed.has(own(path) ?? ''))
  const beside = left.some(({ path }) => own(path) !== null)
  const standing = ({ treeAfter }: { treeAfter: string }): Standing =>
    treeAfter !== request.tree ? 'stale' : beside ? 'with others' : 'exact'
  const names = files.map(({ path }) => path)
  const { subject, words } = await wordsOf(request, evidence, names)
  const hooks = await commitHooks(git)
  const changedHooks = [...names, ...left.map(({ path }) => path)].filter(
    (path) => hooks.folder !== null && path.startsWith(`${hooks.folder}/`) && ofSession(path),
  )
  return {
    head,
    branch,
    index: used,
    subject,
    message: composeMessage({ subject, words, evidence, standing, foreign, trailers: request.trailers }),
    files,
    left,
    sessionLeft: left.flatMap(({ path }) => (ofSession(path) ? [own(path) ?? path] : [])),
    notes: notesOf(evidence, session, foreign, standing),
    objections: [
      ...evidenceObjections(evidence, standing),
      ...(await secretObjections(request, used)),
      ...(request.hooks && changedHooks.length > 0
        ? [`the session changed ${listed(changedHooks)}, which would run outside of the sandbox`]
        : []),
    ],
    hooks: hooks.names,
  }
}

function refuseUnfinished({ repository }: OwnGit): void {
  const { gitDir } = repository
  const found = [
    ['MERGE_HEAD', 'a merge'],
    ['CHERRY_PICK_HEAD', 'a cherry-pick'],
    ['REVERT_HEAD', 'a revert'],
    ['rebase-merge', 'a rebase'],
    ['rebase-apply', 'a rebase'],
  ].find(([name = '']) => existsSync(join(gitDir, name)))
  if (found !== undefined)
    throw new ReviewError(
      'not-committed',
      `Nothing was committed: ${found[1]} is under way in ${repository.root}.`,
      'Finish it with git, or abort it; then commit the work of the session.',
    )
}

async function lineOf(git: OwnGit, args: readonly string[]): Promise<string | null> {
  const { code, stdout } = await git.run(args)
  return code === 0 ? stdout.toString('utf8').trim() : null
}

async function stagedFiles(git: OwnGit, index: string | undefined): Promise<CommitPlan['files']> {
  const { code, stdout, stderr } = await git.run(
    ['diff', '--cached', '--name-status', '--no-renames', '--ignore-submodules=dirty', '-z'],
    index === undefined ? {} : { index },
  )
  if (code !== 0) throw failed('diff', stderr)
  const words = stdout.toString('utf8').split('\0')
  const files: CommitPlan['files'] = []
  for (let at = 0; at + 1 < words.length; at += 2)
    files.push({ op: OPS[words[at] ?? ''] ?? 'modified', path: words[at + 1] ?? '' })
  return files
}

function nothing(scope: CommitScope, session: string, changed: readonly ChangedPath[]): ReviewError {
  if (scope === 'staged')
    return new ReviewError(
      'nothing-to-commit',
      'Nothing is staged.',
      'Stage something with `git add`, or leave out --staged.',
    )
  if (changed.length === 0)
    return new ReviewError(
      'nothing-to-commit',
      'Nothing differs from the last commit.',
      'Ignored files are not committed.',
    )
  return new ReviewError(
    'nothing-to-commit',
    `Nothing that differs from the last commit was changed by the session ${session}; ${listed(changed.map(({ path }) => path))} ${changed.length === 1 ? 'was' : 'were'} changed by somebody else.`,
    'Commit them with git, or with --all; name another session with `cairn commit ID`.',
  )
}

function leftOut(
  changed: readonly ChangedPath[],
  inCommit: ReadonlySet<string>,
  scope: CommitScope,
  ofSession: (path: string) => boolean,
): CommitPlan['left'] {
  return changed.flatMap(({ path, kind, unstaged }) => {
    if (kind === 'nested repository') return [{ path, why: 'a repository of its own' }]
    if (scope === 'staged') {
      if (!unstaged) return []
      return [{ path, why: inCommit.has(path) ? 'changed again after it was staged' : 'not staged' }]
    }
    if (inCommit.has(path)) return []
    if (kind === 'submodule') return [{ path, why: 'a submodule' }]
    return ofSession(path) ? [] : [{ path, why: 'the session did not change it' }]
  })
}

async function wordsOf(
  { message, draft }: CommitRequest,
  evidence: Evidence,
  files: readonly string[],
): Promise<{ subject: string; words: string }> {
  if (message !== null) {
    const [first = '', ...rest] = message.trim().split('\n')
    return { subject: first.trim(), words: rest.join('\n').trim() }
  }
  const drafted = draft === null ? null : plainLine((await draft(evidence, files)) ?? '')
  if (drafted !== null && drafted !== '' && drafted.length <= MAX_SUBJECT)
    return { subject: drafted, words: '' }
  const said = [...(evidence.named === null ? [] : [evidence.named]), ...evidence.requests, ...evidence.plan]
  for (const text of said) {
    const subject = subjectOf(text)
    if (subject !== null) return { subject, words: '' }
  }
  return { subject: cutWords(subjectOfFiles(files), MAX_SUBJECT), words: '' }
}

function notesOf(
  { checks, main }: Evidence,
  { blind }: SessionChanges,
  foreign: readonly string[],
  standing: (check: { treeAfter: string }) => Standing,
): string[] {
  return [
    ...(checks.length === 0 ? ['no check ran in this session'] : []),
    ...(main?.ok === true && standing(main) === 'with others'
      ? [`${main.command} passed with changed files beside that are not in this commit`]
      : []),
    ...(foreign.length === 0 ? [] : [`changes that are not of the session are in ${listed(foreign)}`]),
    ...(blind === null ? [] : [`what commands changed is not known, only what tools wrote: ${blind}`]),
  ]
}

function evidenceObjections(
  { main }: Evidence,
  standing: (check: { treeAfter: string }) => Standing,
): string[] {
  if (main === null) return []
  if (!main.ok) return [`the check is red: ${main.command} ${resultOf(main)}`]
  return standing(main) === 'stale'
    ? [`files were changed after ${main.command} passed, so nothing shows that it still does`]
    : []
}

async function secretObjections(
  { git, redactor }: CommitRequest,
  index: string | undefined,
): Promise<string[]> {
  const { code, stdout, stderr } = await git.run(
    [
      '-c',
      'core.quotePath=false',
      'diff',
      '--cached',
      '-U0',
      '--no-prefix',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--no-renames',
      '--diff-filter=AM',
    ],
    index === undefined ? {} : { index },
  )
  if (code !== 0) throw failed('diff', stderr)
  const places = secretLines(stdout.toString('utf8'), redactor)
  if (places.length === 0) return []
  const named = places.map(({ path, line, kind }) => `${path}:${line} (${kind})`)
  return [`something that looks like a secret would be committed: ${listed([...new Set(named)])}`]
}

const listed = (names: readonly string[]) =>
  names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`
