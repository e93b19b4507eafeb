export { authorFacts } from './reviewer/author-facts.ts'
export { runReviewer, type ReviewerResult } from './reviewer/run-reviewer.ts'
