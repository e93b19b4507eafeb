/** What is hidden in a session, to be looked for afterwards. */
export type PlantType =
  | 'constraint+'
  | 'constraint-'
  | 'limit'
  | 'scoped'
  | 'decision'
  | 'contract'
  | 'assumption'
  | 'rejected'
  | 'failure'
  | 'command'
  | 'literal'
  | 'plan'
  | 'file'
  | 'process'
  | 'quote'
  | 'injection'
  | 'secret'

export type Channel =
  | 'user-start'
  | 'user-middle'
  | 'user-end'
  | 'paste'
  | 'agents'
  | 'agents-nested'
  | 'tool'
  | 'comment'
  | 'reasoning'
  | 'assistant'
  | 'args'
  | 'subagent'
  | 'note'
  | 'check'
  | 'exec'
  | 'write'
  | 'plan'
  | 'process'

export interface Plant {
  id: string
  type: PlantType
  channel: Channel
  /** The statement as planted. */
  text: string
  /** What has to be found, all of it close together, for the plant to count as present. */
  needles: string[]
  /** Three queries that share at most one content word with the statement. */
  queries: [string, string, string]
  /** The same statement with its polarity turned; null where it has none. */
  flipped: string | null
  /** Id of the plant that this one is easily confused with: same subject, other value, other scope. */
  twinOf: string | null
}

/** Types whose survival in the request itself is asked for; the others have to be reachable. */
export const TYPED: readonly PlantType[] = [
  'constraint+',
  'constraint-',
  'limit',
  'scoped',
  'decision',
  'contract',
  'assumption',
  'rejected',
  'failure',
  'plan',
  'process',
]

export const RULE_TYPES: readonly PlantType[] = ['constraint+', 'constraint-', 'limit', 'scoped']
/** What the user typed, or an instruction file says: of the highest authority in these sessions. */
export const USER_CHANNELS: readonly Channel[] = ['user-start', 'user-middle', 'user-end']

/** One subject whose value was stated several times. */
export interface Supersession {
  id: string
  topic: string
  kind: 'override' | 'restore' | 'retract' | 'lower-authority'
  /** Statements in order; `current` is the index of the one in force, -1 after a retraction. */
  statements: { text: string; by: 'user' | 'tool' }[]
  current: number
}
