import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Terminal } from '@cairn/terminal'
import type { Candidate } from './experiment/candidate.ts'
import { runExperiment } from './experiment/run-experiment.ts'
import type { ExperimentReport } from './experiment/report.ts'
import { syncFolder } from './experiment/sync-folder.ts'
import type { Localization } from './localize/localization.ts'
import { localizeIn } from './localize/localize-in.ts'
import type { Bench, Slot } from './bench.ts'

/** Scratch copies of one workspace, kept between calls because only changed files are copied again. */
export interface Lab {
  /** Runs the check once with coverage and ranks the lines that failing tests ran. */
  localize(command: string, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<Localization>
  /** Tries candidates side by side, best first; ends early once one is green. */
  experiment(
    command: string,
    candidates: readonly Candidate[],
    options?: { signal?: AbortSignal; timeoutMs?: number },
  ): Promise<ExperimentReport>
  close(): void
}

/**
 * Opens a lab for a workspace.
 *
 * @param options.parallel candidates side by side, default 2
 */
export function createLab(options: {
  terminal: Terminal
  workspace: { root: string; treeHash(): Promise<string> }
  now: () => number
  parallel?: number
}): Lab {
  const { terminal, workspace, now, parallel = 2 } = options
  let folder: string | null = null
  const slotAt = (index: number): Slot => ({
    get folder() {
      folder ??= mkdtempSync(join(tmpdir(), 'cairn-lab-'))
      return join(folder, String(index))
    },
    refresh() {
      syncFolder(workspace.root, this.folder)
    },
  })
  const bench: Bench = {
    root: workspace.root,
    terminal,
    slots: Array.from({ length: parallel }, (_, index) => slotAt(index)),
    baselines: new Map(),
    reached: new Map(),
    treeHash: () => workspace.treeHash(),
    now,
  }
  return {
    localize: (command, rest = {}) => localizeIn(bench, { command, ...rest }),
    experiment: (command, candidates, rest = {}) => runExperiment(bench, { command, candidates, ...rest }),
    close() {
      if (folder !== null) rmSync(folder, { recursive: true, force: true })
      folder = null
    },
  }
}
