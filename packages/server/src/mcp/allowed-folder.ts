import { relative } from 'node:path'
import { DriveError } from '../drive/errors.ts'
import { workspaceFolder } from '../drive/workspace-folder.ts'

/** The real path of a folder that lies in one of the roots; links do not lead out of them. */
export function allowedFolder(path: string, roots: readonly string[]): string {
  const folder = workspaceFolder(path)
  const inside = roots.some((root) => {
    const way = relative(root, folder)
    return way === '' || (way !== '..' && !way.startsWith('../'))
  })
  if (inside) return folder
  throw new DriveError(
    'bad-folder',
    `${folder} is outside of what this server works in: ${roots.join(', ')}`,
    'Whoever starts the server allows more with --root.',
  )
}
