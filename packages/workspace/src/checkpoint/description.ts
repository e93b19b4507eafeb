import { WorkspaceError } from '../workspace-error.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ShadowRepository } from './shadow-repository.ts'

const OBJECT_NAME = /^[0-9a-f]{40}$/

/** Keeps what a git tree cannot say (empty folders, permissions) beside it, and gives the address of both. */
export async function writeDescription(
  repository: ShadowRepository,
  body: Omit<Checkpoint, 'id'>,
): Promise<string> {
  const { tree, emptyFolders, modes } = body
  const sorted = Object.fromEntries(Object.entries(modes).sort(([a], [b]) => (a < b ? -1 : 1)))
  const input = JSON.stringify({ tree, emptyFolders, modes: sorted })
  return (await repository.git(['hash-object', '-w', '--stdin'], { input })).trim()
}

/** Throws `WorkspaceError` `checkpoint` where there is no such checkpoint. */
export async function readDescription(repository: ShadowRepository, id: string): Promise<Checkpoint> {
  if (OBJECT_NAME.test(id)) {
    const found: unknown = JSON.parse(await repository.git(['cat-file', 'blob', id]))
    if (isDescription(found)) return { ...found, id }
  }
  throw new WorkspaceError('checkpoint', `There is no checkpoint ${id} of this workspace.`)
}

function isDescription(value: unknown): value is Omit<Checkpoint, 'id'> {
  if (typeof value !== 'object' || value === null) return false
  const { tree, emptyFolders, modes } = value as Record<string, unknown>
  return (
    typeof tree === 'string' &&
    OBJECT_NAME.test(tree) &&
    Array.isArray(emptyFolders) &&
    emptyFolders.every((path) => typeof path === 'string') &&
    typeof modes === 'object' &&
    modes !== null &&
    Object.values(modes).every((mode) => typeof mode === 'number')
  )
}
