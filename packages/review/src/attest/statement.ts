import type { EventProof } from '@cairn/journal'
import { createHash } from 'node:crypto'
import type { SessionFacts } from './describe-session.ts'

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'
/** What a statement of cairn says about a change; docs/attestations.md lists the fields. */
const PREDICATE_TYPE = 'urn:cairn:change-attestation:v1'

/** One file that differs between base and commit. */
export interface ChangedFile {
  path: string
  op: 'added' | 'modified' | 'deleted'
  /** Names of the blobs before and after, with their modes, null where there is no file. */
  before: { object: string; mode: string } | null
  after: { object: string; mode: string } | null
  /** Of the content after; null where there is none. */
  sha256: string | null
  /** Whether this is the content that a tool of the session last wrote there. */
  bySession: boolean
}

/** A finding in short, as it was when the statement was made. */
export interface AttestedFinding {
  id: string
  rule: string
  severity: string
  path: string
  line: number
}

/** What is said, besides what the journal proves. */
export interface ChangeClaims extends SessionFacts {
  base: string | null
  /** Folder that the session worked in, from the root of the repository; empty for the root. */
  folder: string
  changes: ChangedFile[]
  /** Policy files that the effective policy was made of; null where they are not the ones of the session any more. */
  policyFiles: { layer: string; sha256: string }[] | null
  /** Of the review that ran with the statement; null where none did. */
  findings: AttestedFinding[] | null
}

export interface JournalBinding {
  /** Number of events that the claims are read from. */
  events: number
  /** The event `change.attested`, proven by a signed checkpoint. */
  proof: EventProof
}

type Digest = { [algorithm: string]: string }

export interface Statement {
  _type: typeof STATEMENT_TYPE
  subject: { name: string; digest: Digest }[]
  predicateType: typeof PREDICATE_TYPE
  predicate: ChangeClaims & { journal: JournalBinding }
}

/** What a statement is about. */
export interface Subject {
  commit: string
  tree: string
  /** Hash of all files in the way that results of checks name a tree. */
  files: string
  /** sha256 of the patch as text; null where the commit has no base. */
  patch: string | null
}

const subjectsOf = ({ commit, tree, files, patch }: Subject): Statement['subject'] => [
  { name: 'commit', digest: { gitCommit: commit } },
  { name: 'tree', digest: { gitTree: tree } },
  { name: 'files', digest: { cairnTree: files } },
  ...(patch === null ? [] : [{ name: 'change.patch', digest: { sha256: patch } }]),
]

/** The subject of a statement, null where it is not one of cairn. */
export function subjectOf({ subject }: Statement): Subject | null {
  const digest = (name: string, algorithm: string) =>
    subject.find((one) => one.name === name)?.digest[algorithm] ?? null
  const commit = digest('commit', 'gitCommit')
  const tree = digest('tree', 'gitTree')
  const files = digest('files', 'cairnTree')
  if (commit === null || tree === null || files === null) return null
  return { commit, tree, files, patch: digest('change.patch', 'sha256') }
}

/** The hash that the journal keeps of a statement: over all of it but the part about the journal. */
export const claimsDigest = (subject: Statement['subject'], claims: ChangeClaims): string =>
  createHash('sha256').update(JSON.stringify({ subject, claims })).digest('hex')

/** Puts subject and claims together; `bind` writes their hash into the journal and proves it. */
export function makeStatement(
  subject: Subject,
  claims: ChangeClaims,
  bind: (sha256: string) => JournalBinding,
): Statement {
  const subjects = subjectsOf(subject)
  return {
    _type: STATEMENT_TYPE,
    subject: subjects,
    predicateType: PREDICATE_TYPE,
    predicate: { ...claims, journal: bind(claimsDigest(subjects, claims)) },
  }
}

const isObject = (value: unknown): value is { [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads a payload; null where it is no statement of this kind. What it says is believed only once its signature was checked. */
export function parseStatement(payload: string): Statement | null {
  let value: unknown
  try {
    value = JSON.parse(payload)
  } catch {
    return null
  }
  if (!isObject(value) || value['_type'] !== STATEMENT_TYPE || value['predicateType'] !== PREDICATE_TYPE)
    return null
  const { subject, predicate } = value
  if (!Array.isArray(subject) || !isObject(predicate)) return null
  const { changes, checks, journal, model, policy } = predicate
  const whole =
    subject.every((one) => isObject(one) && typeof one['name'] === 'string' && isObject(one['digest'])) &&
    Array.isArray(changes) &&
    changes.every((one) => isObject(one) && typeof one['path'] === 'string') &&
    Array.isArray(checks) &&
    checks.every((one) => isObject(one) && typeof one['command'] === 'string') &&
    typeof predicate['folder'] === 'string' &&
    isObject(model) &&
    isObject(policy) &&
    isObject(journal) &&
    typeof journal['events'] === 'number' &&
    isObject(journal['proof'])
  // Every other field is only compared or shown.
  return whole ? (value as unknown as Statement) : null
}
