import type { Baseline, Bench } from '../bench.ts'
import { runCommand } from '../run-check.ts'

/** How long a check may run when nothing is known of it, in ms. */
export const firstTimeoutMs = 120_000

/** The result of a command on the workspace as it is: run once for each tree. */
export async function baselineOf(
  bench: Bench,
  command: string,
  options: { timeoutMs?: number | undefined; signal?: AbortSignal | undefined },
): Promise<Baseline> {
  const tree = await bench.treeHash()
  const known = bench.baselines.get(command)
  if (known?.tree === tree) return known
  const slot = bench.slots[0]
  if (slot === undefined) throw new Error('a lab has at least one slot')
  slot.refresh()
  const run = await runCommand({
    command,
    cwd: bench.root,
    root: bench.root,
    terminal: bench.terminal,
    overlay: slot.folder,
    timeoutMs: options.timeoutMs ?? firstTimeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  const baseline = { tree, run, screens: null }
  bench.baselines.set(command, baseline)
  return baseline
}
