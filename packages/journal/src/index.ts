export type * from './event.ts'
export type * from './store.ts'
