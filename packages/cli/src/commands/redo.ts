import type { Invocation } from '../command.ts'
import { rewind } from './undo.ts'

export const run = (invocation: Invocation): Promise<number> => rewind(invocation, 'redo')
