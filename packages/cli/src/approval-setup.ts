import { mailboxApprover, type Approver, type MailboxKey } from '@cairn/guard'
import type { SigningKey } from '@cairn/journal'
import { timingSafeEqual } from 'node:crypto'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { terminalApprover } from './ask-on-terminal.ts'
import type { Invocation } from './command.ts'
import { numberOption } from './parse-command-line.ts'
import { UsageError } from './usage-error.ts'

/** Where questions wait that are answered from another terminal. */
export const mailboxFolder = (dataDir: string): string => join(dataDir, 'approvals')

/** The identity of whoever uses this account. */
export const localIdentity = (): string => `local:${userInfo().username}`

/** The key of the data folder as the mailbox uses it: Ed25519 signatures are deterministic. */
export function mailboxKey(key: SigningKey): MailboxKey {
  return {
    sign: (text) => key.sign(text),
    verify(text, signature) {
      const own = key.sign(text)
      return own.length === signature.length && timingSafeEqual(own, signature)
    },
  }
}

/** Who is asked in a run: the person at the terminal with `--ask`, another terminal with `--wait-for-approval`. */
export function approversOf(
  { io, values }: Invocation,
  deps: { dataDir: string; key: SigningKey; write: (text: string) => void },
): { approvers: Approver[]; seconds: number | null } {
  const approvers: Approver[] = []
  const seconds = numberOption(values, 'wait-for-approval', { integer: false, least: 1 })
  if (values['ask'] === true) {
    if (io.stdin?.isTTY !== true)
      throw new UsageError(
        '--ask needs a terminal to ask on',
        'Without one, use --wait-for-approval SECONDS and `cairn approve` from another terminal.',
      )
    approvers.push(
      terminalApprover({ input: io.stdin, write: deps.write, by: localIdentity(), now: Date.now }),
    )
  }
  if (seconds !== null) {
    const mailbox = mailboxApprover(mailboxFolder(deps.dataDir), mailboxKey(deps.key))
    approvers.push({
      request(record, options) {
        if (approvers.length === 1) deps.write(`waiting for an approval: cairn approve ${record.id}\n`)
        return mailbox.request(record, options)
      },
    })
  }
  return { approvers, seconds }
}
