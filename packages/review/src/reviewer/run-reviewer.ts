import { composeSession, onlyReads, type Budget } from '@cairn/agent'
import { newSessionId, sessionPath, type SigningKey } from '@cairn/journal'
import type { Model } from '@cairn/models'
import { randomBytes } from 'node:crypto'
import type { Change } from '../change/read-change.ts'
import type { ReviewFinding } from '../change/review-finding.ts'
import { ReviewError } from '../review-error.ts'
import { buildBrief, type AuthorFacts } from './build-brief.ts'
import { judgeFindings, type Dropped } from './judge-findings.ts'
import { readAnswer } from './read-answer.ts'
import { writeReviewTree } from './review-tree.ts'

export interface ReviewerSetup {
  model: Model
  window: number | null
  budget: Budget
  version: string
  env: NodeJS.ProcessEnv
  dataDir: string
  home: string
  key: SigningKey
  signal: AbortSignal
  facts: AuthorFacts
}

export interface ReviewerResult {
  findings: (ReviewFinding & { patch: string | null })[]
  dropped: Dropped
  /** `provider/id`. */
  model: string
  /** Its journal. */
  session: string
  costUsd: number | null
}

const AGAIN =
  'That was not the JSON object that was asked for. Answer with the object alone, in a ```json fence.'

/**
 * Lets a model review a change in a session of its own: it sees what was asked, the change and what was measured, and
 * nothing of what the author said. It can only read. Throws `ReviewError` `bad-answer` where it gives no answer.
 */
export async function runReviewer(
  change: Change,
  known: readonly ReviewFinding[],
  setup: ReviewerSetup,
): Promise<ReviewerResult> {
  using tree = writeReviewTree(change.head.texts)
  const id = newSessionId(Date.now(), randomBytes)
  const { provider, id: name } = setup.model.info
  let said = ''
  const session = await composeSession({
    sessionId: id,
    journal: sessionPath(setup.dataDir, id),
    key: setup.key,
    cwd: tree.cwd,
    repositoryRoot: tree.cwd,
    model: setup.model,
    window: setup.window,
    check: null,
    title: `review of ${change.name}`,
    version: setup.version,
    env: setup.env,
    dataDir: setup.dataDir,
    home: setup.home,
    now: Date.now,
    allows: onlyReads,
    listener(event) {
      if (event.kind !== 'model.answered') return
      const text = event.body.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
      if (text.trim() !== '') said = text
    },
    onDelta: () => undefined,
  })
  try {
    const brief = buildBrief({
      patch: change.patch ?? '',
      base: change.base.texts,
      changed: change.files.flatMap(({ after }) => (after === null ? [] : [after.path])),
      facts: setup.facts,
      known: known.map(({ place, title }) => `${place.file}:${place.line} ${title}`),
    })
    const ask = async (text: string) => {
      const end = await session.run({ text, images: [], by: 'agent' }, setup.budget, setup.signal)
      if (end.status === 'cancelled' || end.status === 'failed' || end.status === 'refused')
        throw new ReviewError(
          'bad-answer',
          `The reviewer ended as ${end.status}: ${end.summary}`,
          'Try again.',
        )
      return readAnswer(said) ?? readAnswer(end.summary)
    }
    const answer = (await ask(brief)) ?? (await ask(AGAIN))
    if (answer === null)
      throw new ReviewError(
        'bad-answer',
        `${provider}/${name} gave no answer in the form that was asked for`,
        'Try again, or choose another model with --model.',
      )
    const judged = judgeFindings(answer.findings, change.head.texts, known)
    const findings: ReviewerResult['findings'] = []
    for (const one of judged.findings)
      findings.push(one.patch === null || (await tree.applies(one.patch)) ? one : { ...one, patch: null })
    return {
      findings,
      dropped: { ...judged.dropped, malformed: answer.malformed },
      model: `${provider}/${name}`,
      session: id,
      costUsd: session.state.costUsd,
    }
  } finally {
    await session.close()
  }
}
