export { createTerminal } from './create-terminal.ts'
export type { TerminalOptions } from './create-terminal.ts'
export { TerminalError } from './terminal-error.ts'
export type * from './terminal.ts'
