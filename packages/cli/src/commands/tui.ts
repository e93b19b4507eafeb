import type { Invocation } from '../command.ts'
import { runTui } from '../tui/run-tui.ts'

export const run = (invocation: Invocation): Promise<number> => runTui(invocation)
