import type { ApprovalAnswer, ApprovalRequest, ApprovalScope, Approver } from '@cairn/guard'

/** A question that waits for the person. */
export interface Question {
  readonly record: ApprovalRequest
  grant(scope: ApprovalScope): void
  deny(reason?: string): void
}

/** The questions that are open, oldest first, and the port through which they come. */
export interface Questions {
  readonly open: readonly Question[]
  readonly approver: Approver
}

/** `by`: the identity of the person, as it is journaled. `changed`: told whenever a question comes or goes. */
export function createQuestions(by: string, changed: () => void): Questions {
  let open: Question[] = []
  const approver: Approver = {
    request: (record, { signal }) =>
      new Promise<ApprovalAnswer>((resolve, reject) => {
        const close = () => {
          open = open.filter((each) => each !== question)
          signal.removeEventListener('abort', gone)
          changed()
        }
        const gone = () => {
          close()
          reject(new Error('the question was taken back'))
        }
        const question: Question = {
          record,
          grant(scope) {
            close()
            resolve({ decision: 'grant', by, scope })
          },
          deny(reason) {
            close()
            resolve({ decision: 'deny', by, ...(reason === undefined ? {} : { reason }) })
          },
        }
        if (signal.aborted) return reject(new Error('the question was taken back'))
        signal.addEventListener('abort', gone, { once: true })
        open = [...open, question]
        changed()
      }),
  }
  return {
    get open() {
      return open
    },
    approver,
  }
}
