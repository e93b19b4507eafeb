export { createSolver, type SolverOptions } from './create-solver.ts'
