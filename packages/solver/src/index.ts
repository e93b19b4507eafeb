export { createSolver } from './create-solver.ts'
