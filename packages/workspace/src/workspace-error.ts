import type { WorkspaceFault } from './workspace.ts'

/** Thrown where the workspace itself cannot work, for example because ripgrep is missing. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError'
  readonly code: WorkspaceFault
  constructor(code: WorkspaceFault, message: string) {
    super(message)
    this.code = code
  }
}
