import { proveEvent, type JournalStore, type SigningKey } from '@cairn/journal'
import { createHash } from 'node:crypto'
import { readCommit } from '../git/git-objects.ts'
import { ReviewError } from '../review-error.ts'
import { describeChange, patchOf } from './describe-change.ts'
import { describeSession, writtenFiles } from './describe-session.ts'
import { sealEnvelope } from './dsse.ts'
import { makeStatement, type AttestedFinding, type Statement } from './statement.ts'

/** What is attested, and with what. */
export interface AttestRequest {
  cwd: string
  /** Full names of the commit and of what it is compared with; `base` undefined: its first parent. */
  commit: string
  base?: string
  /** Folder that the session worked in, from the root of the repository; empty for the root. */
  folder: string
  /** Journal of the session that made the change, opened for writing with `key`. */
  store: JournalStore
  key: SigningKey
  /** The policy as it is now: its hash, and the files that it was made of. */
  policy: { sha256: string; files: { layer: string; sha256: string }[] } | null
  findings: AttestedFinding[] | null
  now: () => number
}

export interface Attestation {
  statement: Statement
  /** The signed envelope as one line. */
  line: string
  patch: Buffer | null
}

/**
 * Says about a commit how it came to be, and signs that. The hash of what is said goes into the journal first, so that the
 * journal and the statement vouch for each other. Throws `ReviewError` `bad-repository`, or `bad-attestation` for an empty
 * journal, and `JournalError` where the journal cannot be written.
 */
export async function attestChange(request: AttestRequest): Promise<Attestation> {
  const { cwd, commit, folder, store, key, policy, findings, now } = request
  const base = request.base ?? (await readCommit(cwd, commit)).parents[0] ?? null
  const change = await describeChange(cwd, commit, base, folder)
  const patch = base === null ? null : await patchOf(cwd, base, commit)
  const events = store.head().size
  if (events === 0)
    throw new ReviewError(
      'bad-attestation',
      `The journal of ${store.sessionId} is empty.`,
      'Name the session that made the change with --session.',
    )
  const facts = describeSession(store, events)
  const written = writtenFiles(store, events)
  const same = policy !== null && facts.policy.sha256 === policy.sha256
  const statement = makeStatement(
    {
      ...change.subject,
      patch: patch === null ? null : createHash('sha256').update(patch).digest('hex'),
    },
    {
      ...facts,
      base,
      folder,
      changes: change.changes.map((one) => ({
        ...one,
        bySession: isWritten(written, folder, one.path, one.sha256),
      })),
      policyFiles: same ? policy.files : null,
      findings,
    },
    (sha256) => {
      const body = { sha256, commit, tree: change.subject.tree }
      const [event] = store.append([{ time: now(), turn: 0, step: 0, kind: 'change.attested', body }])
      store.sign()
      return { events, proof: proveEvent(store, event?.seq ?? 0) }
    },
  )
  return { statement, line: sealEnvelope(JSON.stringify(statement), key), patch }
}

function isWritten(
  written: ReadonlyMap<string, string | null>,
  folder: string,
  path: string,
  sha256: string | null,
): boolean {
  const own = folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null
  return own !== null && written.has(own) && written.get(own) === sha256
}
