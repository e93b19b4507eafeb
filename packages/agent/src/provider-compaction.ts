import type { CompactionJob, Context } from '@cairn/context'
import type { Json, NativeRecord } from '@cairn/journal'
import { costUsd, ModelError, type Model, type ModelEvent } from '@cairn/models'
import type { Recorder } from './recorder.ts'

/** Makes the provider's own compaction of an epoch that ends, where it is asked for. Waited for: it is read first. */
export interface ProviderCompaction {
  run(signal: AbortSignal): Promise<void>
}

const TIMEOUT_MS = 180_000

/**
 * An accelerator and nothing more: whatever goes wrong is recorded as the reason, and the epoch starts without it.
 * A journal error and the abort of the turn are the only things that are thrown.
 */
export function createProviderCompaction(deps: {
  model: Model
  context: Pick<Context, 'takeCompactionJob' | 'judgeCompaction'>
  recorder: Pick<Recorder, 'record' | 'recordAll'>
}): ProviderCompaction {
  const { model, context, recorder } = deps
  let offered = model.compacts === true
  return {
    async run(signal) {
      const job = context.takeCompactionJob()
      if (job === null || !offered) return
      let finish: Awaited<ReturnType<typeof compactionOf>>
      try {
        finish = await compactionOf(model, job, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]))
      } catch (error) {
        if (signal.aborted) throw error
        // The server does not know the request: it is not asked again.
        if (error instanceof ModelError && error.code === 'bad-request') offered = false
        const why = error instanceof Error ? error.message : String(error)
        recorder.record('compaction.dropped', { epoch: job.epoch, basis: job.basis, why })
        return
      }
      const { kind, body } = context.judgeCompaction(job, nativeOf(finish))
      const bill =
        finish === null
          ? {}
          : {
              usage: finish.usage,
              costUsd: model.info.prices === null ? null : costUsd(finish.usage, model.info.prices),
            }
      recorder.recordAll([{ kind, body: { ...body, ...bill } }])
    },
  }
}

type Finish = Extract<ModelEvent, { type: 'finish' }>

async function compactionOf(model: Model, job: CompactionJob, signal: AbortSignal): Promise<Finish | null> {
  for await (const event of model.stream(job.request, { signal })) if (event.type === 'finish') return event
  return null
}

function nativeOf(finish: Finish | null): NativeRecord | null {
  if (finish?.native === undefined) return null
  // What a codec hands over for safe keeping is plain JSON by its contract.
  return { ...finish.native, data: finish.native.data as Json }
}
