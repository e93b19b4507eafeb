import type { Bench, Slot } from '../bench.ts'
import { baselineOf } from './baseline.ts'
import type { Candidate } from './candidate.ts'
import type { Comparison } from './compare-failures.ts'
import type { ExperimentReport, Verdict } from './report.ts'
import { screenCandidates } from './screen-candidates.ts'
import type { Trial } from './trial.ts'
import { tryCandidate } from './try-candidate.ts'

/**
 * Tries candidates, as many side by side as there are slots. Each is first run against the failing test files alone, in
 * a screen where that is possible; only what gains there is verified by the whole check. Ends early once one is green.
 */
export async function runExperiment(
  bench: Bench,
  options: { command: string; candidates: readonly Candidate[]; timeoutMs?: number; signal?: AbortSignal },
): Promise<ExperimentReport> {
  const { command, candidates, signal } = options
  const started = bench.now()
  const baseline = await baselineOf(bench, command, options)
  const trial: Trial = { bench, command, baseline, longest: null, signal }
  const verdicts = new Map<string, Verdict>()
  for (const slot of bench.slots) slot.refresh()
  if (!baseline.run.ok) {
    const screened = await screenCandidates(trial, candidates)
    for (const [id, comparison] of screened ?? [])
      if (comparison.fixed.length === 0) verdicts.set(id, lost(id, comparison))
    const left = candidates.filter((candidate) => !verdicts.has(candidate.id))
    const gain = (candidate: Candidate): number => screened?.get(candidate.id)?.fixed.length ?? 0
    left.sort((a, b) => gain(b) - gain(a))
    await tryAll(trial, left, (candidate) => screened?.has(candidate.id) === true, gain, verdicts)
  }
  return {
    command,
    baseline: baseline.run.parsed.failures.length,
    verdicts: candidates.flatMap((candidate) => verdicts.get(candidate.id) ?? []),
    notRun: candidates.filter((candidate) => !verdicts.has(candidate.id)).map((candidate) => candidate.id),
    ms: bench.now() - started,
  }
}

function lost(id: string, { moved, broken }: Comparison): Verdict {
  return { id, state: moved && broken.length === 0 ? 'moved' : 'refuted', fixed: [], broken }
}

async function tryAll(
  trial: Trial,
  candidates: readonly Candidate[],
  isScreened: (candidate: Candidate) => boolean,
  gain: (candidate: Candidate) => number,
  verdicts: Map<string, Verdict>,
): Promise<void> {
  let next = 0
  let best = 0
  let green = false
  const work = async (slot: Slot): Promise<void> => {
    while (!green && next < candidates.length) {
      if (trial.signal?.aborted === true) return
      const candidate = candidates[next++]
      if (candidate === undefined) return
      // Whole checks are dear: one that cannot beat what is verified already is not run.
      const weaker = isScreened(candidate) && gain(candidate) <= best
      const verdict: Verdict = weaker
        ? { id: candidate.id, state: 'weaker', fixed: [], broken: [] }
        : await tryCandidate(trial, slot, candidate, isScreened(candidate))
      verdicts.set(candidate.id, verdict)
      if (verdict.state === 'better') best = Math.max(best, verdict.fixed.length)
      if (verdict.state === 'green') green = true
    }
  }
  await Promise.all(trial.bench.slots.map(work))
}
