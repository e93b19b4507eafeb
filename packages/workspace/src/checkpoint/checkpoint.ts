import type { WorkScan } from './scan-work.ts'

/** The files of a workspace at one moment, kept outside of it. */
export interface Checkpoint {
  /** Address of its description: equal ids mean equal trees. */
  id: string
  /** git tree with every covered file. */
  tree: string
  emptyFolders: readonly string[]
  modes: Readonly<Record<string, number>>
}

export interface TakenCheckpoint extends Checkpoint {
  files: number
  uncovered: WorkScan['uncovered']
}

export interface TreeChange {
  path: string
  op: 'added' | 'modified' | 'deleted'
}

export interface Restored {
  written: string[]
  deleted: string[]
  /** Changed by someone else since, and therefore left as they are. */
  kept: string[]
  after: TakenCheckpoint
}

/** The port: checkpoints of one workspace. Throws `WorkspaceError` `checkpoint` where they cannot be kept. */
export interface Checkpoints {
  take(): Promise<TakenCheckpoint>
  load(id: string): Promise<Checkpoint>
  /** Text of a file as it was; null where it was absent. */
  read(from: Checkpoint, path: string): Promise<string | null>
  changes(from: Checkpoint, to: Checkpoint): Promise<TreeChange[]>
  /** Unified diff of the contents. */
  diff(from: Checkpoint, to: Checkpoint): Promise<string>
  /**
   * Makes the files what they were at `target`. A file that is no longer what it was at `expected` was changed by someone
   * else and is kept, unless `force`. All contents are looked for before the first file is touched.
   */
  restore(target: Checkpoint, options: { expected: Checkpoint | null; force?: boolean }): Promise<Restored>
  /** Waits for what is under way. */
  close(): Promise<void>
}
