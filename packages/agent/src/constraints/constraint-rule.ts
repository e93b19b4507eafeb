/** What a machine can hold a change against. Each comes from one statement of the ledger. */
export type ConstraintRule = { source: RuleSource } & (
  | { kind: 'path'; mode: 'untouched' | 'only' | 'kept'; globs: readonly string[] }
  | { kind: 'exists'; path: string }
  /** `names` null: no dependency at all may be added. */
  | { kind: 'dependency'; names: readonly string[] | null }
  /** `globs` null: whatever the entry files of the package export. */
  | { kind: 'api'; globs: readonly string[] | null }
  | { kind: 'size'; globs: readonly string[]; unit: 'lines' | 'bytes'; most: number }
  | { kind: 'command'; command: string }
)

export interface RuleSource {
  /** Id of the entry of the ledger. */
  entry: string
  authority: string
  /** The statement, word for word. */
  text: string
}

/** One file as it was and as it shall be, relative to the workspace; null where it is absent. */
export interface ProposedChange {
  path: string
  before: string | null
  after: string | null
}

export interface Violation {
  rule: ConstraintRule
  /** What the change does against it. */
  what: string
}

/** For the model and for people: which statement, and what is against it. */
export function describeViolation({ rule, what }: Violation): string {
  const { entry, authority, text } = rule.source
  return `${what}, against ${entry} (${authority}): "${text.length > 200 ? `${text.slice(0, 200)}…` : text}"`
}
