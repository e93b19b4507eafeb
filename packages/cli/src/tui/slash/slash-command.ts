import type { Invocation } from '../../command.ts'
import type { SessionDriver } from '@cairn/server'
import type { Look } from '../render/render-block.ts'
import type { Pane } from '../render/pane.ts'
import type { Tone } from '../state/block.ts'
import type { TuiState } from '../state/tui-state.ts'

/** What a slash command may do to the UI. */
export interface SlashHost {
  readonly state: TuiState
  readonly session: SessionDriver
  readonly io: Invocation['io']
  readonly call: Invocation['call']
  readonly values: Invocation['values']
  readonly cwd: string
  look(): Look
  openPane(pane: Pane): void
  closePane(): void
  notice(tone: Tone, text: string): void
  /** Puts a text where messages are written. */
  write(text: string): void
  /** Runs one turn with a text, as if it had been sent. */
  send(text: string | null): void
  /** Shows another session, or an empty one. */
  goTo(id: string | null): Promise<void>
  quit(): void
}

/** What a person can call with `/name`. */
export interface SlashCommand {
  name: string
  summary: string
  /** What may follow the name. */
  usage?: string
  /** Whether it may run while a turn is under way. */
  whileWorking: boolean
  values?: (host: SlashHost) => { value: string; label: string }[]
  run(words: string, host: SlashHost): void | Promise<void>
}
