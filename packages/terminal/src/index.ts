export type * from './terminal.ts'
