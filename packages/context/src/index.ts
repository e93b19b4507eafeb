export type * from './context.ts'
export * from './ledger/entry.ts'
