export type * from './context.ts'
export { createContext } from './engine.ts'
export { ContextError, type ContextErrorCode } from './errors.ts'
export * from './ledger/entry.ts'
