import { checkpointTrailer, type StoredCheckpoint } from '@cairn/journal'
import type { SessionFacts } from './describe-session.ts'

/** Lines for the message of a commit that say how it came to be; `git commit --trailer` takes each. */
export function commitTrailers(facts: SessionFacts, checkpoint: StoredCheckpoint | null): string[] {
  const served = facts.model.served.map(({ model }) => model)
  return [
    `Assisted-by: cairn/${facts.cairn}${served.length === 0 ? '' : ` (${served.join(', ')})`}`,
    `Cairn-Session: ${facts.session}`,
    `Cairn-Task: sha256:${facts.task.sha256}`,
    ...(checkpoint === null ? [] : [checkpointTrailer(checkpoint.note)]),
  ]
}
