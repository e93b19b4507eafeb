export { generateRepository, type GeneratedRepository } from './generate-repository.ts'
export { startPostgres, type TestPostgres } from './postgres.ts'
