import type { DriverSetup } from '@cairn/server'

/** What the UI begins with. */
export interface TuiSetup extends Omit<
  DriverSetup,
  'onEvent' | 'onDelta' | 'onProblem' | 'approvers' | 'version'
> {
  dataDir: string
  /** Said at the beginning. */
  notice: string | null
  /** The session that is gone on with. */
  resume: string | null
  /** A first message. */
  text: string | null
}
