import { openStore, verifyEventProof, verifyLog } from '@cairn/journal'
import { createHash } from 'node:crypto'
import { ReviewError } from '../review-error.ts'
import { describeChange } from './describe-change.ts'
import { describeSession } from './describe-session.ts'
import { openEnvelope } from './dsse.ts'
import { claimsDigest, parseStatement, subjectOf, type Statement } from './statement.ts'

/** What a statement is held against; a part that is left out is not checked. */
export interface VerifyRequest {
  /** The envelope as one line, without its end. */
  line: string
  vkey: string
  /** Repository with the commit. */
  cwd?: string
  /** The commit that the statement was found at. */
  commit?: string
  /** The patch, byte for byte. */
  patch?: Uint8Array
  /** An export of the journal, or the journal itself. */
  journal?: { path: string; sessionId: string | null }
  /** Contents of policy files, each of which has to be one that the statement names. */
  policies?: readonly Uint8Array[]
}

/** Part of the evidence that a defect was found in. */
type Part = 'statement' | 'repository' | 'patch' | 'journal' | 'policy'

export type Verdict =
  /** `checked`: what the statement was held against. */
  { ok: true; statement: Statement; checked: Part[] } | { ok: false; part: Part; reason: string }

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
const refuse = (part: Part, reason: string): Verdict => ({ ok: false, part, reason })

/**
 * Judges a statement offline, with nothing but the public key and what else is given; the first defect ends it. Throws
 * `JournalError` `bad-key` for a bad key, and `not-found` where the journal cannot be read.
 */
export async function verifyAttestation(request: VerifyRequest): Promise<Verdict> {
  const { line, vkey } = request
  const opened = openEnvelope(line, vkey)
  if (!opened.ok) return refuse('statement', opened.reason)
  const statement = parseStatement(opened.payload)
  const subject = statement === null ? null : subjectOf(statement)
  if (statement === null || subject === null)
    return refuse('statement', 'its payload is no statement about a change')
  const unbound = boundByLog(statement, vkey)
  if (unbound !== null) return refuse('statement', unbound)
  const checked: Part[] = ['statement']
  if (request.commit !== undefined && request.commit !== subject.commit)
    return refuse('statement', `it is about commit ${subject.commit}, not ${request.commit}`)
  if (request.cwd !== undefined) {
    const defect = await againstRepository(request.cwd, statement)
    if (defect !== null) return refuse('repository', defect)
    checked.push('repository')
  }
  if (request.patch !== undefined) {
    if (sha256(request.patch) !== subject.patch)
      return refuse('patch', 'it is not the patch that was attested')
    checked.push('patch')
  }
  for (const policy of request.policies ?? []) {
    const { policyFiles } = statement.predicate
    if (policyFiles === null) return refuse('policy', 'the statement names no policy files to compare with')
    if (!policyFiles.some((file) => file.sha256 === sha256(policy)))
      return refuse('policy', 'a policy file is not one that the session worked under')
    if (!checked.includes('policy')) checked.push('policy')
  }
  if (request.journal !== undefined) {
    const defect = await againstJournal(request.journal, statement, vkey)
    if (defect !== null) return refuse('journal', defect)
    checked.push('journal')
  }
  return { ok: true, statement, checked }
}

/** Why the log that signed for the statement does not vouch for it; null where it does. */
function boundByLog({ subject, predicate }: Statement, vkey: string): string | null {
  const { journal, ...claims } = predicate
  const proven = verifyEventProof(journal.proof, vkey)
  if (!proven.ok) return `its proof of the journal is not good: ${proven.reason}`
  const { event, session } = journal.proof
  const said: unknown = JSON.parse(event.body)
  const hash = typeof said === 'object' && said !== null && 'sha256' in said ? said.sha256 : null
  if (session !== claims.session || event.kind !== 'change.attested' || event.seq !== journal.events + 1)
    return 'the journal vouches for something else'
  return hash === claimsDigest(subject, claims) ? null : 'the journal vouches for another statement'
}

async function againstRepository(cwd: string, statement: Statement): Promise<string | null> {
  const subject = subjectOf(statement)
  if (subject === null) return 'the statement has no subject'
  const { base, folder, changes } = statement.predicate
  try {
    const found = await describeChange(cwd, subject.commit, base, folder)
    if (found.subject.tree !== subject.tree) return `the tree of the commit is ${found.subject.tree}`
    if (found.subject.files !== subject.files)
      return 'the files of the commit are not those that were attested'
    const plain = changes.map(({ bySession: _by, ...change }) => change)
    return JSON.stringify(found.changes) === JSON.stringify(plain)
      ? null
      : 'the changed files are not those that were attested'
  } catch (error) {
    if (error instanceof ReviewError) return error.message
    throw error
  }
}

async function againstJournal(
  { path, sessionId }: { path: string; sessionId: string | null },
  { predicate }: Statement,
  vkey: string,
): Promise<string | null> {
  const { proof, events } = predicate.journal
  const log = await verifyLog(path, { vkey, anchors: [proof.checkpoint] })
  const [problem] = log.problems
  if (problem !== undefined) return problem.message
  if (sessionId === null) return null
  const store = openStore(path, { sessionId, mode: 'reader', now: Date.now })
  try {
    const facts = describeSession(store, events)
    for (const [name, value] of Object.entries(facts)) {
      const said: unknown = Object.entries(predicate).find(([key]) => key === name)?.[1]
      if (JSON.stringify(said) !== JSON.stringify(value)) return `it says something else about "${name}"`
    }
    return null
  } finally {
    store.close()
  }
}
