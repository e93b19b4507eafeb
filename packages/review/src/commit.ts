export { createCommit, type CreatedCommit } from './commit/create-commit.ts'
export { planCommit, type CommitPlan, type CommitScope } from './commit/plan-commit.ts'
