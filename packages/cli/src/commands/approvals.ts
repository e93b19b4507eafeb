import { answerRequest, listRequests, type ApprovalRequest } from '@cairn/guard'
import { loadOrCreateKey } from '@cairn/journal'
import { terminalApprover } from '../ask-on-terminal.ts'
import { localIdentity, mailboxFolder, mailboxKey } from '../approval-setup.ts'
import type { Invocation } from '../command.ts'
import { openSessions } from '@cairn/server'
import { showRequest } from '@cairn/guard'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'

const LEAST_PREFIX = 4

function find(waiting: readonly ApprovalRequest[], id: string): ApprovalRequest {
  const found = id.length < LEAST_PREFIX ? [] : waiting.filter((each) => each.id.startsWith(id))
  const [first] = found
  if (first === undefined || found.length > 1)
    throw new UsageError(
      `no question ${JSON.stringify(id)} waits, or more than one begins like that`,
      'See `cairn approvals list`.',
    )
  return first
}

function list(waiting: readonly ApprovalRequest[], { io, values }: Invocation): number {
  if (values['json'] === true) for (const record of waiting) io.stdout.write(`${JSON.stringify(record)}\n`)
  else if (waiting.length === 0) io.stdout.write('Nothing waits for an approval.\n')
  else io.stdout.write(waiting.map(showRequest).join('\n'))
  return 0
}

/** Lists what waits for an answer. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, positionals } = invocation
  const { dataDir } = openSessions(io.env)
  const folder = mailboxFolder(dataDir)
  const waiting = listRequests(folder, Date.now())
  const [verb = 'list'] = positionals
  if (verb !== 'list') throw new UsageError(`cairn approvals has no ${JSON.stringify(verb)}`, 'It has list.')
  return list(waiting, invocation)
}

/** Answers one question. At a terminal it is asked once more, with all bytes in view. */
export async function approve(invocation: Invocation): Promise<number> {
  const { io, positionals, values } = invocation
  const { dataDir } = openSessions(io.env)
  const folder = mailboxFolder(dataDir)
  const record = find(listRequests(folder, Date.now()), positionals[0] ?? '')
  const key = mailboxKey(loadOrCreateKey(dataDir))
  const by = localIdentity()
  const reason = stringOption(values, 'deny')
  if (reason !== null) {
    answerRequest(folder, record, { decision: 'deny', by, reason }, key)
    io.stdout.write(`denied ${record.id}\n`)
    return 0
  }
  const scope = values['for-session'] === true ? 'session' : 'once'
  if (!record.scopes.includes(scope))
    throw new UsageError(`${record.id} can only be approved once`, 'Leave --for-session out.')
  const { stdin } = io
  const answer =
    stdin?.isTTY === true
      ? await terminalApprover({
          input: stdin,
          write: (text) => io.stderr.write(text),
          by,
          now: Date.now,
        }).request({ ...record, scopes: [scope] }, { signal: new AbortController().signal })
      : ({ decision: 'grant', by, scope } as const)
  if (stdin?.isTTY !== true) io.stderr.write(showRequest(record))
  answerRequest(folder, record, answer, key)
  io.stdout.write(`${answer.decision === 'grant' ? 'approved' : 'denied'} ${record.id}\n`)
  return 0
}
