import type { Context, NarrativeJob } from '@cairn/context'
import { costUsd, type Model } from '@cairn/models'
import type { Recorder } from './recorder.ts'

/** Runs narrative jobs beside the loop. Results wait here until the loop reaches a boundary; it never waits for them. */
export interface NarrativeRunner {
  /** Starts the job of the newest epoch, if there is one and none is under way. */
  start(): void
  /** Writes what has arrived. Called only between steps, so that no call is parted from its result. */
  settle(): void
  stop(): void
}

const MAX_OUTPUT = 4_000

async function answerOf(model: Model, job: NarrativeJob, signal: AbortSignal) {
  let text = ''
  for await (const event of model.stream({ ...job.request, maxOutput: MAX_OUTPUT }, { signal })) {
    if (event.type === 'text') text += event.delta
    else if (event.type === 'retry') text = ''
    else if (event.type === 'finish') return { text, usage: event.usage }
  }
  return { text, usage: undefined }
}

export function createNarrativeRunner(model: Model, context: Context, recorder: Recorder): NarrativeRunner {
  const abort = new AbortController()
  const arrived: (() => void)[] = []
  let running = false
  const run = async (job: NarrativeJob) => {
    try {
      const { text, usage } = await answerOf(model, job, abort.signal)
      const cost =
        usage === undefined || model.info.prices === null ? null : costUsd(usage, model.info.prices)
      arrived.push(() => {
        const event = context.verifyNarrative(job, text)
        recorder.recordAll([
          {
            kind: event.kind,
            body: { ...event.body, ...(usage === undefined ? {} : { usage, costUsd: cost }) },
          },
        ])
      })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      arrived.push(() => recorder.record('narrative.dropped', { epoch: job.epoch, basis: job.basis, why }))
    } finally {
      running = false
    }
  }
  return {
    start() {
      const job = context.takeNarrativeJob()
      if (job === null || running) return
      running = true
      void run(job)
    },
    settle() {
      for (const write of arrived.splice(0)) write()
    },
    stop() {
      abort.abort()
    },
  }
}
