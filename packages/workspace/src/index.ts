export type * from './workspace.ts'
export type { IsProtected } from './paths/writable.ts'
export { openWorkspace } from './open-workspace.ts'
