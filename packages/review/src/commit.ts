export { createCommit } from './commit/create-commit.ts'
export { draftSubject } from './commit/draft-subject.ts'
export { planCommit, type CommitPlan, type CommitRequest, type CommitScope } from './commit/plan-commit.ts'
