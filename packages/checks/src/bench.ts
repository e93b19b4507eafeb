import type { Terminal } from '@cairn/terminal'
import type { CommandRun } from './run-check.ts'

/** A folder that is shown in place of the workspace, so that trying something never touches the real files. */
export interface Slot {
  folder: string
  /** Makes it equal to the workspace again. */
  refresh(): void
}

/** The unmodified run of a command, kept as long as the tree is the same. */
export interface Baseline {
  tree: string
  run: CommandRun
  /** Whether a screen fails in the same way; null as long as none was run. */
  screens: boolean | null
}

/** What the parts of a lab share. */
export interface Bench {
  root: string
  terminal: Terminal
  slots: readonly Slot[]
  baselines: Map<string, Baseline>
  /** Workspace files that a test file ran, by test file; empty until a localisation with coverage. */
  reached: Map<string, Set<string>>
  treeHash(): Promise<string>
  now(): number
}
