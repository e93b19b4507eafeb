export * from './errors.ts'
export type * from './sandbox/sandbox.ts'
