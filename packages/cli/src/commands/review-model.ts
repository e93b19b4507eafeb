import type { ReviewFinding, ReviewResult } from '@cairn/review'
import type { ReviewerResult } from '@cairn/review/reviewer'
import { openSessions, prepareDataFolder } from '@cairn/server'
import { homedir } from 'node:os'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import { chooseModel } from '../choose-model.ts'
import type { Invocation } from '../command.ts'
import { loadConfig } from '../config/config.ts'
import { count } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { budgetOf } from '../run-session.ts'
import { UsageError } from '../usage-error.ts'
import { VERSION } from '../version.ts'
import type { readChange } from '@cairn/review'

/** Model calls of a review, where nothing else is said. */
const STEPS = 40

/** Whether a person wants a model to look as well. */
export const wantsModel = ({ values }: Pick<Invocation, 'values'>): boolean =>
  values['with-model'] === true || stringOption(values, 'model') !== null

/** Lets the chosen model look at a change after the rules did. */
export async function reviewWithModel(
  invocation: Invocation,
  change: Awaited<ReturnType<typeof readChange>>,
  known: readonly ReviewFinding[],
): Promise<ReviewerResult> {
  const { io, values } = invocation
  const { env } = io
  const home = env['HOME'] ?? homedir()
  const config = await loadConfig(env, home)
  const chosen = await chooseModel(values, config, env)
  if (chosen.model.info.provider === 'embedded')
    throw new UsageError(
      'the embedded engine mends failing checks and cannot judge a change',
      'Give --model PROVIDER/MODEL, or leave --with-model out.',
    )
  const { authorFacts, runReviewer } = await import('@cairn/review/reviewer')
  const { loadOrCreateKey } = await import('@cairn/journal')
  const sessions = openSessions(env)
  prepareDataFolder(sessions.dataDir)
  const named = stringOption(values, 'session')
  const facts = () => {
    if (named === null) return { requests: [], checks: [] }
    const store = sessions.open(sessions.need(named, io.cwd()).id)
    try {
      return authorFacts(store.read())
    } finally {
      store.close()
    }
  }
  const budget = budgetOf(values, config)
  const cancel = cancelOnSignal(io, Date.now)
  try {
    return await runReviewer(change, known, {
      model: chosen.model,
      window: chosen.window,
      budget: { ...budget, steps: budget.steps ?? STEPS },
      version: VERSION,
      env,
      dataDir: sessions.dataDir,
      home,
      key: loadOrCreateKey(sessions.dataDir),
      signal: cancel.signal,
      facts: facts(),
    })
  } finally {
    cancel.done()
  }
}

/** What the model said, and what of it is not shown. */
export function describeReviewer({ model, findings, dropped, session, costUsd }: ReviewerResult): string {
  const left = Object.entries(dropped).flatMap(([why, many]) => (many > 0 ? [`${many} ${why}`] : []))
  return [
    `${model}: ${count(findings.length, 'finding')}`,
    left.length === 0 ? '' : `not shown: ${left.join(', ')}`,
    costUsd === null ? '' : `$${costUsd.toFixed(4)}`,
    `journal ${session}`,
  ]
    .filter(Boolean)
    .join('; ')
}

/** Both looks as one list, the most severe first. */
export function withReviewer(result: ReviewResult, reviewer: ReviewerResult): ReviewResult {
  const order = ['critical', 'high', 'medium', 'low']
  const findings = [...result.findings, ...reviewer.findings].toSorted(
    (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity),
  )
  return { ...result, findings }
}
