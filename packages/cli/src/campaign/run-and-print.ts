import type { CampaignRun } from '@cairn/campaigns'
import { escapeForDisplay } from '@cairn/guard'
import { cpus } from 'node:os'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import { chooseModel } from '../choose-model.ts'
import type { Invocation } from '../command.ts'
import { loadConfig } from '../config/config.ts'
import { EXIT } from '../exit-code.ts'
import { jsonLine } from '../output/json-printer.ts'
import { createLiveLine } from '../output/live-line.ts'
import { createPaint } from '../output/paint.ts'
import { numberOption } from '../parse-command-line.ts'
import { VERSION } from '../version.ts'
import { campaignPlace, openFleet } from './open-fleet.ts'
import { createProgress } from './progress.ts'
import { startWorker } from './start-worker.ts'

/** More workers than this on one machine wait for each other. */
const MAX_DEFAULT_WORKERS = 4

const EXIT_BY_STATUS = {
  done: EXIT.ok,
  'done-with-open-items': EXIT.open,
  paused: EXIT.open,
  stopped: EXIT.open,
  budget: EXIT.budget,
  cancelled: EXIT.cancelled,
  failed: EXIT.failed,
} as const

/** Runs a new or an old campaign, prints it, and gives the exit code. */
export async function runAndPrint(
  invocation: Invocation,
  target: CampaignRun['target'],
  approve: CampaignRun['approve'],
): Promise<number> {
  const { io, values } = invocation
  const place = campaignPlace(invocation)
  const workers =
    numberOption(values, 'workers', { integer: true, least: 0 }) ??
    Math.min(MAX_DEFAULT_WORKERS, cpus().length)
  const json = values['json'] === true
  // Named wrongly, a model is refused now and not by each worker.
  const usesModel = 'definition' in target && target.definition.recipe.at(-1)?.kind === 'agent'
  const provider = usesModel
    ? (await chooseModel(values, await loadConfig(io.env, place.home), io.env)).model.info.provider
    : null
  const { runCampaign } = await import('@cairn/campaigns')
  const paint = createPaint(io.stderr, io.env)
  const live = createLiveLine(io.stderr, io.env, paint)
  const progress = createProgress({
    write: (text) => io.stderr.write(escapeForDisplay(text)),
    live,
    json: json ? (text) => io.stdout.write(text) : null,
    now: Date.now,
  })
  const cancel = cancelOnSignal(io, Date.now)
  const fleet = await openFleet(invocation, place)
  try {
    const { id, finished } = await runCampaign({
      ...place,
      target,
      version: VERSION,
      fleet,
      workers,
      startWorker: (campaign) => startWorker(invocation, campaign),
      approve,
      provider,
      priority: numberOption(values, 'priority', { integer: true, least: 0 }) ?? 0,
      signal: cancel.signal,
      listener(campaign, event) {
        if (json) io.stdout.write(jsonLine(campaign, event))
        else progress.event(event)
      },
      onProgress: (campaign, state, running) => progress.show(campaign, state, running),
    })
    live.clear()
    if (!json) {
      const counts = Object.entries(finished.counts).filter(([, count]) => count > 0)
      io.stdout.write(
        escapeForDisplay(
          `${finished.status}: ${counts.map(([phase, count]) => `${count} ${phase}`).join(', ')}\n${finished.reason === null ? '' : `${finished.reason}\n`}branch ${finished.branch} at ${finished.head.slice(0, 12)}\ncampaign ${id}\n`,
        ),
      )
    }
    return EXIT_BY_STATUS[finished.status]
  } finally {
    live.clear()
    cancel.done()
    await fleet.close()
  }
}
