import type { HostDeps } from './session-host.ts'

/** What the UI begins with. */
export interface TuiSetup extends Omit<HostDeps, 'onEvent' | 'onDelta' | 'onProblems' | 'approver'> {
  dataDir: string
  /** Said at the beginning. */
  notice: string | null
  /** The session that is gone on with. */
  resume: string | null
  /** A first message. */
  text: string | null
}
