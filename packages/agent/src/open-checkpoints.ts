import { createCheckpoints, type Checkpoints } from '@cairn/workspace'
import { join } from 'node:path'

/** The checkpoints of a workspace, where they are first needed: a session without effects opens none. */
export function openCheckpoints(dataDir: string, root: string, env: NodeJS.ProcessEnv): Checkpoints {
  let opened: Checkpoints | null = null
  const open = () => (opened ??= createCheckpoints({ root, folder: join(dataDir, 'checkpoints'), env }))
  return {
    take: async () => open().take(),
    load: async (id) => open().load(id),
    read: async (from, path) => open().read(from, path),
    changes: async (from, to) => open().changes(from, to),
    diff: async (from, to) => open().diff(from, to),
    restore: async (target, options) => open().restore(target, options),
    close: async () => opened?.close(),
  }
}
