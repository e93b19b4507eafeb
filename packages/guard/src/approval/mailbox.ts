import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync, readdirSync } from 'node:fs'
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { GuardError } from '../errors.ts'
import type { ApprovalAnswer, ApprovalRequest, Approver } from './approval.ts'
import { actionDigest } from './approval.ts'

/** Signs and checks answers with the key of the data folder. */
export interface MailboxKey {
  sign(text: string): Uint8Array
  verify(text: string, signature: Uint8Array): boolean
}

const largest = 8 << 20
const ID = /^[0-9a-z]{6,40}$/u

const requestFile = (folder: string, id: string) => join(folder, `${id}.request.json`)
const answerFile = (folder: string, id: string) => join(folder, `${id}.answer.json`)
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : null)

/** What an answer is signed over: it fits one question about one action, in one session, under one policy. */
function statement(record: ApprovalRequest, answer: ApprovalAnswer): string {
  const { id, session, actionSha256, policySha256, requestedAt } = record
  const scope = answer.decision === 'grant' ? answer.scope : (answer.reason ?? '')
  return JSON.stringify([
    'cairn-approval-1',
    id,
    session,
    actionSha256,
    policySha256,
    requestedAt,
    answer.decision,
    answer.by,
    scope,
  ])
}

/** A private file of this user, or null where there is none. Links and files that others can touch are refused. */
function readPrivate(path: string): unknown {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
  try {
    const stat = fstatSync(fd)
    const foreign =
      process.platform !== 'win32' && (stat.uid !== process.getuid?.() || (stat.mode & 0o077) !== 0)
    if (!stat.isFile() || foreign || stat.size > largest)
      throw new GuardError(
        'refused',
        `${path} is not a private file of this user`,
        'Remove it if you do not know where it came from.',
      )
    return JSON.parse(readFileSync(fd, 'utf8'))
  } finally {
    closeSync(fd)
  }
}

function writeAside(folder: string, value: unknown): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const aside = join(folder, `.${randomBytes(9).toString('hex')}`)
  writeFileSync(aside, `${JSON.stringify(value)}\n`, { mode: 0o600, flag: 'wx', flush: true })
  return aside
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A request as it was written; null where it is none, or its hash is not that of what it shows. */
function asRequest(value: unknown): ApprovalRequest | null {
  if (!isRecord(value) || !isRecord(value['action']) || typeof value['id'] !== 'string') return null
  // Only this user can have written the file; what matters for safety is bound by the hash that is checked here.
  const record = value as unknown as ApprovalRequest
  try {
    return actionDigest(record.action) === record.actionSha256 ? record : null
  } catch {
    return null
  }
}

function asAnswer(value: unknown): { answer: ApprovalAnswer; signature: Uint8Array } | null {
  if (!isRecord(value) || !isRecord(value['answer']) || typeof value['signature'] !== 'string') return null
  const { decision, by, scope, reason } = value['answer']
  const signature = Buffer.from(value['signature'], 'base64')
  if (typeof by !== 'string') return null
  if (decision === 'grant' && (scope === 'once' || scope === 'session'))
    return { answer: { decision, by, scope }, signature }
  if (decision === 'deny')
    return { answer: { decision, by, ...(typeof reason === 'string' ? { reason } : {}) }, signature }
  return null
}

/** Questions that wait for an answer, the oldest first. */
export function listRequests(folder: string, now: number): ApprovalRequest[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
  return names
    .filter((name) => name.endsWith('.request.json'))
    .flatMap((name) => {
      const record = asRequest(readPrivate(join(folder, name)))
      return record !== null && record.expiresAt > now ? [record] : []
    })
    .toSorted((a, b) => a.requestedAt - b.requestedAt)
}

/** Puts a signed answer beside a question. The first answer stands. Throws `GuardError` `refused` where there is one. */
export function answerRequest(
  folder: string,
  record: ApprovalRequest,
  answer: ApprovalAnswer,
  key: MailboxKey,
): void {
  const signature = Buffer.from(key.sign(statement(record, answer))).toString('base64')
  const aside = writeAside(folder, { answer, signature })
  try {
    linkSync(aside, answerFile(folder, record.id))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    throw new GuardError(
      'refused',
      `${record.id} has been answered already`,
      'See `cairn approvals list` for what still waits.',
    )
  } finally {
    rmSync(aside, { force: true })
  }
}

/** An approver that waits for another process of the same user to answer in `folder`. */
export function mailboxApprover(folder: string, key: MailboxKey, pollMs = 150): Approver {
  return {
    async request(record, { signal }) {
      if (!ID.test(record.id)) throw new GuardError('refused', `bad id ${record.id}`, 'This is a defect.')
      renameSync(writeAside(folder, record), requestFile(folder, record.id))
      try {
        for (;;) {
          signal.throwIfAborted()
          const found = asAnswer(readPrivate(answerFile(folder, record.id)))
          if (found !== null && key.verify(statement(record, found.answer), found.signature))
            return found.answer
          if (found !== null) rmSync(answerFile(folder, record.id), { force: true })
          await delay(pollMs, undefined, { signal })
        }
      } finally {
        for (const file of [requestFile(folder, record.id), answerFile(folder, record.id)])
          rmSync(file, { force: true })
      }
    },
  }
}
