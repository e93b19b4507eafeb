export { dependencyFolders } from './worktree/dependency-folders.ts'
export { createWorktree, reopenWorktree } from './worktree/create-worktree.ts'
export { closeWorktree } from './worktree/close-worktree.ts'
export type { SessionWorktree } from './worktree/session-worktree.ts'
