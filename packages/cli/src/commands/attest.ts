import { createPolicy, loadPolicy, policyFiles } from '@cairn/guard'
import { loadOrCreateKey, openStore } from '@cairn/journal'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { relative, resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'

/** The policy of a workspace as it is now, by hash, with the files that it is made of. */
function policyNow(io: Invocation['io'], workspace: string) {
  const files = policyFiles(io.env, io.env['HOME'] ?? homedir(), workspace)
  const { sha256 } = createPolicy(loadPolicy(files), { workspace, now: Date.now })
  return {
    sha256,
    files: Object.entries(files)
      .filter(([, file]) => existsSync(file))
      .map(([layer, file]) => ({
        layer,
        sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
      })),
  }
}

/** What the review without a model says about the same change. */
async function findingsOf(cwd: string, commit: string, base: string | null) {
  const { reviewChange } = await import('@cairn/review')
  const range = base === null ? commit : `${base}..${commit}`
  const today = new Date().toISOString().slice(0, 10)
  const { findings } = await reviewChange(cwd, { of: 'range', range }, today)
  return findings.map(({ fingerprint, rule, severity, place }) => ({
    id: fingerprint,
    rule,
    severity,
    path: place.file,
    line: place.line,
  }))
}

/** `cairn attest [COMMIT]`: signs what the journal of a session and the repository say about a commit. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const { appendNote, attestChange, commitTrailers, describeSession, NOTES_REF, resolveCommit } =
    await import('@cairn/review/attest')
  const { repositoryRoot } = await import('@cairn/agent')
  const cwd = io.cwd()
  const sessions = openSessions(io.env)
  const session = sessions.need(stringOption(values, 'session'), cwd)
  if (values['trailers'] === true) {
    const store = sessions.open(session.id)
    try {
      const facts = describeSession(store, store.head().size)
      for (const line of commitTrailers(facts, store.checkpoints().at(-1) ?? null))
        io.stdout.write(`${line}\n`)
    } finally {
      store.close()
    }
    return 0
  }
  const commit = await resolveCommit(cwd, positionals[0] ?? 'HEAD')
  const base = stringOption(values, 'base')
  const from = base === null ? null : await resolveCommit(cwd, base)
  const folder = relative(
    realpathSync(repositoryRoot(cwd)),
    existsSync(session.cwd) ? realpathSync(session.cwd) : cwd,
  )
  const key = loadOrCreateKey(sessions.dataDir)
  const store = openStore(sessions.path(session.id), {
    sessionId: session.id,
    mode: 'writer',
    now: Date.now,
    key,
  })
  try {
    const { statement, line, patch } = await attestChange({
      cwd,
      commit,
      ...(from === null ? {} : { base: from }),
      folder: folder.startsWith('..') ? '' : folder,
      store,
      key,
      policy: policyNow(io, session.cwd),
      findings: values['no-review'] === true ? null : await findingsOf(cwd, commit, from),
      now: Date.now,
    })
    const out = stringOption(values, 'out')
    if (out === null) await appendNote(cwd, commit, line, Date.now())
    else writeFileSync(resolve(cwd, out), `${line}\n`)
    const patchFile = stringOption(values, 'patch')
    if (patchFile !== null) writeFileSync(resolve(cwd, patchFile), patch ?? '')
    const { changes, checks, findings } = statement.predicate
    const foreign = changes.filter(({ bySession }) => !bySession).length
    io.stderr.write(
      `attested ${commit.slice(0, 12)} by ${session.id}: ${count(changes.length, 'changed file')}, ${count(checks.length, 'check')}; kept in ${out ?? NOTES_REF}\n`,
    )
    if (findings !== null && findings.length > 0)
      io.stderr.write(
        `${count(findings.length, 'finding')} of the review stand in the statement; see cairn review ${commit.slice(0, 12)}\n`,
      )
    if (foreign > 0)
      io.stderr.write(
        `${count(foreign, 'file')} not as a tool of the session wrote them; the statement says so\n`,
      )
  } finally {
    store.close()
  }
  return 0
}
